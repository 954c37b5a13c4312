// SPDX-License-Identifier: MIT
import {
  administered,
  attempted,
  factsOf,
  known,
  ownerOf,
  ownProcess,
  refusedFactsOf,
  unknown,
  winnat,
  system,
  neighbour,
  blockOf,
  hcn,
  type Cases,
} from './facts-of.js';

/** Ports in ranges and in reservations. */
export const casesOfReservations: Cases = {
  'a range of WinNAT': [
    refusedFactsOf(10_013, { ranges: known([winnat]), neighbours: known([]) }),
    {
      cause: 'foreign-range',
      certainty: 'certain',
      range: winnat,
      sentence:
        /^TCP port 3000 lies in 2969-3068, a range that Windows has reserved, most likely for Hyper-V, WSL or Docker \(WinNAT\), so that no program can bind it\.$/,
      first: /^Use another port: 3069 could be bound a moment ago\. *$/,
    },
  ],
  'a range of WinNAT, with the code of a port in use': [
    refusedFactsOf(10_048, { ranges: known([winnat]), neighbours: known([]) }),
    { cause: 'foreign-range', certainty: 'likely', sentence: /WinNAT/ },
  ],
  'a range of WinNAT, and the lookup fails': [
    refusedFactsOf(10_013, { ranges: known([winnat]), neighbours: unknown('no'), persistent: unknown('no') }),
    { cause: 'foreign-range', certainty: 'likely', sentence: /WinNAT/ },
  ],
  'a range of an unusual width': [
    refusedFactsOf(10_013, { ranges: known([{ ...winnat, startPort: 2998 }]), neighbours: known([]) }),
    {
      cause: 'foreign-range',
      certainty: 'certain',
      sentence: /lies in 2998-3068, a range that a part of Windows or another program has reserved/,
    },
  ],
  'a range of one port': [
    refusedFactsOf(10_013, { ranges: known([{ ...winnat, startPort: 3000, endPort: 3000 }]), neighbours: known([]) }),
    { cause: 'foreign-range', sentence: /^TCP port 3000 is one that a part of Windows/ },
  ],
  'a range in which a program has sockets': [
    refusedFactsOf(10_013, { ranges: known([winnat]), neighbours: known([neighbour]) }),
    {
      cause: 'foreign-range',
      sentence: /that quic\.exe \(process 77\), which has a socket on port 2999 of it, has most likely/,
    },
  ],
  'a range of WinNAT, and connections of programs inside': [
    refusedFactsOf(10_013, {
      ranges: known([winnat]),
      owners: known([ownerOf({ state: 'ESTAB', imageName: 'chrome.exe' })]),
      neighbours: known([{ ...neighbour, state: 'ESTAB' as const }]),
    }),
    { cause: 'foreign-range', sentence: /\(WinNAT\), so that no program can bind it\.$/ },
  ],
  'a range of WinNAT, and a socket of this process inside': [
    refusedFactsOf(10_013, { ranges: known([winnat]), neighbours: known([{ ...neighbour, processId: ownProcess }]) }),
    { cause: 'foreign-range', sentence: /\(WinNAT\)/ },
  ],
  'a range in which the kernel listens on the port': [
    refusedFactsOf(10_013, {
      ranges: known([{ ...winnat, startPort: 3000, endPort: 3000 }]),
      owners: known([system]),
      neighbours: known([system]),
    }),
    {
      cause: 'foreign-range',
      owners: [system],
      certainty: 'likely',
      sentence: /^TCP port 3000 is reserved by the kernel \(System, process 4, as a rule http\.sys\)/,
      first: /netsh http show servicestate/,
    },
  ],
  'a foreign range that let a bind through': [
    factsOf({ ranges: known([winnat]), persistent: known(undefined), neighbours: known([]) }),
    { cause: 'foreign-range', certainty: 'likely', bindable: true, sentence: /and yet a bind worked/ },
  ],
  'an administered range': [
    factsOf({ ranges: known([administered]) }),
    {
      cause: 'administered-range',
      certainty: 'certain',
      bindable: true,
      range: administered,
      sentence:
        /lies in 2990-3010, a range that an administrator has excluded: a program that names the port can bind it/,
      first: /^Listen on it in the ordinary way/,
    },
  ],
  'a persistent reservation': [
    refusedFactsOf(10_013, {
      ranges: known([{ ...winnat, startPort: 2990, endPort: 3009 }]),
      persistent: known(blockOf),
    }),
    {
      cause: 'persistent-reservation',
      certainty: 'certain',
      sentence: /lies in 2990-3009, a persistent reservation: only an elevated program that looks it up/,
      first:
        /Run the program elevated.*listen\(server, await PersistentPortReservation\.lookup\(\{ protocol: 'tcp', startPort: 2990, numberOfPorts: 20 \}\), \{ port: 3000 \}\)/,
    },
  ],
  'a persistent reservation, for an elevated process': [
    refusedFactsOf(10_013, { persistent: known(blockOf), elevated: known(true), protocol: 'udp' }),
    {
      cause: 'persistent-reservation',
      sentence: /^UDP port 3000/,
      first: /^Listen with the reservation.*bind\(socket/,
    },
  ],
  'a persistent reservation that somebody listens in': [
    refusedFactsOf(10_013, { persistent: known(blockOf), owners: known([ownerOf()]) }),
    { cause: 'persistent-reservation', sentence: /as node\.exe \(process 1234\) has done/ },
  ],
  'a listener that a socket of the same reservation met': [
    refusedFactsOf(10_013, {
      persistent: known(blockOf),
      owners: known([ownerOf()]),
      refusal: { call: 'bind', code: 'WSAEADDRINUSE', errorNumber: 10_048 },
    }),
    { cause: 'in-use', sentence: /TCP port 3000 is in use: node/ },
  ],
  'a runtime reservation of this process': [
    refusedFactsOf(10_013, { ownBlock: blockOf, ranges: known([winnat]) }),
    {
      cause: 'runtime-reservation',
      certainty: 'certain',
      sentence: /lies in 2990-3009, which this process has reserved itself/,
      first: /listen\(server, reservation, \{ port: 3000 \}\)/,
    },
  ],
  'a runtime reservation of one port': [
    refusedFactsOf(10_013, { ownBlock: { ...blockOf, startPort: 3000, numberOfPorts: 1 } }),
    { cause: 'runtime-reservation', sentence: /^TCP port 3000 is one which this process has reserved itself/ },
  ],
  'a persistent reservation of one port': [
    refusedFactsOf(10_013, { persistent: known({ ...blockOf, startPort: 3000, numberOfPorts: 1 }) }),
    { cause: 'persistent-reservation', sentence: /^TCP port 3000 is a persistent reservation: only/ },
  ],
  'a listener in a runtime reservation of this process': [
    refusedFactsOf(10_013, { ownBlock: blockOf, owners: known([ownerOf({ processId: ownProcess })]) }),
    { cause: 'in-use', sentence: /: this process/ },
  ],
  'a runtime reservation of this process that let a bind through': [
    factsOf({ ownBlock: blockOf }),
    { cause: 'runtime-reservation', bindable: true, sentence: /this process has reserved itself/ },
  ],
  'a reservation of a guest': [
    refusedFactsOf(10_048, { guests: known([hcn]) }),
    {
      cause: 'guest-reservation',
      certainty: 'likely',
      sentence: /lies in 2900-6995, which a virtual machine or a container has/,
      first: /another port: 3069/,
    },
  ],
  'a reservation of a guest for the other protocol': [
    refusedFactsOf(10_048, { guests: known([{ ...hcn, protocol: 'udp' }]) }),
    { cause: 'not-listed', certainty: 'likely', sentence: /neither the lists of reserved ports nor any process/ },
  ],
  'a reservation of a guest, and somebody who listens elsewhere': [
    refusedFactsOf(10_013, {
      bindTo: '127.0.0.1',
      attempts: attempted(10_013, '127.0.0.1'),
      owners: known([ownerOf({ address: '192.168.1.5' })]),
      guests: known([hcn]),
    }),
    { cause: 'guest-reservation', owners: [], sentence: /which a virtual machine or a container has/ },
  ],
  'a reservation of a guest that passes a socket of Windows on': [
    refusedFactsOf(10_013, { owners: known([ownerOf()]), guests: known([hcn]) }),
    { cause: 'guest-reservation', sentence: /which a virtual machine or a container has/ },
  ],
};
