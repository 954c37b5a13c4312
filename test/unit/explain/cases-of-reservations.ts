// SPDX-License-Identifier: MIT
import { advisedCommand } from '../../../src/common/advised-command.js';
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
  neighbor,
  blockOf,
  hcn,
  type Cases,
} from './facts-of.js';
import { portsFrom } from '../../shared/ports-from.js';

/** Cases of ports in ranges and in reservations. */
export const casesOfReservations: Cases = {
  'a range of WinNAT': [
    refusedFactsOf(10_013, { ranges: known([winnat]), neighbors: known([]) }),
    {
      cause: 'foreign-range',
      certainty: 'certain',
      range: winnat,
      holder: 'winnat',
      names: ['2969-3068'],
      first: {
        runs: [
          advisedCommand('protect tcp 3000'),
          "protectPorts({ protocol: 'tcp', startPort: 3000, numberOfPorts: 1 })",
        ],
        elevated: true,
      },
    },
  ],
  'a range of WinNAT where Windows chooses ports from 1024 on': [
    refusedFactsOf(10_013, {
      ranges: known([winnat]),
      neighbors: known([]),
      dynamicRange: known({ startPort: 1024, numberOfPorts: 13_977 }),
    }),
    { cause: 'foreign-range', certainty: 'certain', holder: 'winnat' },
  ],
  'a range of WinNAT, and no port nearby': [
    refusedFactsOf(10_013, { ranges: known([winnat]), neighbors: known([]), nearbyPort: undefined }),
    { cause: 'foreign-range', holder: 'winnat' },
  ],
  'a range of WinNAT, as wide as those of HNS': [
    refusedFactsOf(10_013, { ranges: known([{ ...winnat, ...portsFrom(2969, 3032) }]), neighbors: known([]) }),
    { cause: 'foreign-range', holder: 'winnat', names: ['2969-3032'] },
  ],
  'a range of WinNAT, with the code of a port in use': [
    refusedFactsOf(10_048, { ranges: known([winnat]), neighbors: known([]) }),
    { cause: 'foreign-range', certainty: 'likely', holder: 'winnat' },
  ],
  'a range of WinNAT, and the lookup fails': [
    refusedFactsOf(10_013, { ranges: known([winnat]), neighbors: unknown('no'), persistent: unknown('no') }),
    { cause: 'foreign-range', certainty: 'likely', holder: 'winnat' },
  ],
  'a range of an unusual width': [
    refusedFactsOf(10_013, { ranges: known([{ ...winnat, ...portsFrom(2998, 3068) }]), neighbors: known([]) }),
    {
      cause: 'foreign-range',
      certainty: 'certain',
      holder: 'unknown',
      names: ['2998-3068'],
    },
  ],
  'a range of one port': [
    refusedFactsOf(10_013, { ranges: known([{ ...winnat, ...portsFrom(3000, 3000) }]), neighbors: known([]) }),
    {
      cause: 'foreign-range',
      holder: 'container',
      first: { runs: ['docker ps --filter publish=3000'], elevated: false },
    },
  ],
  'a block of WinNAT that a reservation met': [
    refusedFactsOf(10_013, {
      ranges: known([winnat]),
      neighbors: known([]),
      refusal: { call: 'CreatePersistentTcpPortReservation', code: 'ERROR_SHARING_VIOLATION', errorNumber: 32 },
    }),
    {
      cause: 'foreign-range',
      holder: 'winnat',
      first: {
        runs: [
          'wsl --shutdown',
          'net stop winnat',
          advisedCommand('create tcp 3000 1'),
          'net start winnat',
          "PersistentPortReservation.ensure({ protocol: 'tcp', startPort: 3000, numberOfPorts: 1 })",
        ],
        elevated: true,
      },
    },
  ],
  'a range of WinNAT where the registry widens the dynamic range': [
    refusedFactsOf(10_013, {
      ranges: known([winnat]),
      neighbors: known([]),
      dynamicRange: known({ startPort: 1024, numberOfPorts: 64_511 }),
      maxUserPort: known(65_534),
    }),
    { cause: 'foreign-range', certainty: 'certain', holder: 'winnat' },
  ],
  'a range of WinNAT where something else widens the dynamic range': [
    refusedFactsOf(10_013, {
      ranges: known([winnat]),
      neighbors: known([]),
      dynamicRange: known({ startPort: 1024, numberOfPorts: 64_511 }),
      maxUserPort: known(undefined),
    }),
    { cause: 'foreign-range', certainty: 'certain', holder: 'winnat' },
  ],
  'a range in which a program has sockets': [
    refusedFactsOf(10_013, { ranges: known([winnat]), neighbors: known([neighbor]) }),
    {
      cause: 'foreign-range',
      holder: 'program',
      names: ['quic.exe (process 77)', '2999'],
    },
  ],
  'a range of WinNAT, and connections of programs inside': [
    refusedFactsOf(10_013, {
      ranges: known([winnat]),
      owners: known([ownerOf({ state: 'ESTAB', imageName: 'chrome.exe' })]),
      neighbors: known([{ ...neighbor, state: 'ESTAB' as const }]),
    }),
    { cause: 'foreign-range', holder: 'winnat' },
  ],
  'a range of WinNAT, and a socket of this process inside': [
    refusedFactsOf(10_013, { ranges: known([winnat]), neighbors: known([{ ...neighbor, processId: ownProcess }]) }),
    { cause: 'foreign-range', holder: 'winnat' },
  ],
  'a range in which the kernel listens on the port': [
    refusedFactsOf(10_013, {
      ranges: known([{ ...winnat, ...portsFrom(3000, 3000) }]),
      owners: known([system]),
      neighbors: known([system]),
    }),
    {
      cause: 'foreign-range',
      owners: [system],
      certainty: 'likely',
      holder: 'system',
      names: ['process 4'],
      first: { runs: ['netsh http show servicestate view=requestq'] },
    },
  ],
  'a foreign range that let a bind through': [
    factsOf({ ranges: known([winnat]), persistent: known(undefined), neighbors: known([]) }),
    { cause: 'foreign-range', certainty: 'likely', bindable: true, holder: 'winnat' },
  ],
  'an administered range': [
    factsOf({ ranges: known([administered]) }),
    {
      cause: 'administered-range',
      certainty: 'certain',
      bindable: true,
      range: administered,
      names: ['2990-3010'],
      first: { runs: [] },
    },
  ],
  'the range that Windows itself excludes': [
    factsOf({ port: 50_007, ranges: known([{ ...administered, ...portsFrom(50_000, 50_059) }]) }),
    { cause: 'administered-range', certainty: 'certain', bindable: true, names: ['50000-50059', 'Windows itself'] },
  ],
  'a persistent reservation': [
    refusedFactsOf(10_013, {
      ranges: known([{ ...winnat, ...portsFrom(2990, 3009) }]),
      persistent: known(blockOf),
    }),
    {
      cause: 'persistent-reservation',
      certainty: 'certain',
      block: blockOf,
      names: ['2990-3009'],
      first: {
        runs: [
          "listen(server, await PersistentPortReservation.lookup({ protocol: 'tcp', startPort: 2990, numberOfPorts: 20 }), { port: 3000 })",
        ],
        elevated: true,
      },
    },
  ],
  'a persistent reservation, for an elevated process': [
    refusedFactsOf(10_013, { persistent: known(blockOf), elevated: known(true), protocol: 'udp' }),
    {
      cause: 'persistent-reservation',
      block: blockOf,
      first: {
        runs: [
          "bind(socket, await PersistentPortReservation.lookup({ protocol: 'udp', startPort: 2990, numberOfPorts: 20 }), { port: 3000 })",
        ],
      },
    },
  ],
  'a persistent reservation that somebody listens in': [
    refusedFactsOf(10_013, { persistent: known(blockOf), owners: known([ownerOf()]) }),
    { cause: 'persistent-reservation', block: blockOf, owners: [ownerOf()], names: ['node.exe (process 1234)'] },
  ],
  'a listener that a socket of the same reservation met': [
    refusedFactsOf(10_013, {
      persistent: known(blockOf),
      owners: known([ownerOf()]),
      refusal: { call: 'bind', code: 'WSAEADDRINUSE', errorNumber: 10_048 },
    }),
    { cause: 'in-use', owners: [ownerOf()], names: ['node.exe (process 1234)'] },
  ],
  'a runtime reservation of this process': [
    refusedFactsOf(10_013, { ownBlock: blockOf, ranges: known([winnat]) }),
    {
      cause: 'runtime-reservation',
      certainty: 'certain',
      block: blockOf,
      names: ['2990-3009'],
      first: { runs: ['listen(server, reservation, { port: 3000 })'] },
    },
  ],
  'a runtime reservation of one port': [
    refusedFactsOf(10_013, { ownBlock: { ...blockOf, startPort: 3000, numberOfPorts: 1 } }),
    { cause: 'runtime-reservation', block: { ...blockOf, startPort: 3000, numberOfPorts: 1 } },
  ],
  'a persistent reservation of one port': [
    refusedFactsOf(10_013, { persistent: known({ ...blockOf, startPort: 3000, numberOfPorts: 1 }) }),
    { cause: 'persistent-reservation', block: { ...blockOf, startPort: 3000, numberOfPorts: 1 } },
  ],
  'a listener in a runtime reservation of this process': [
    refusedFactsOf(10_013, { ownBlock: blockOf, owners: known([ownerOf({ processId: ownProcess })]) }),
    { cause: 'in-use', owners: [ownerOf({ processId: ownProcess })] },
  ],
  'a runtime reservation of this process that let a bind through': [
    factsOf({ ownBlock: blockOf }),
    { cause: 'runtime-reservation', bindable: true, block: blockOf },
  ],
  'a reservation of a guest': [
    refusedFactsOf(10_048, { guests: known([hcn]) }),
    {
      cause: 'guest-reservation',
      certainty: 'likely',
      block: hcn,
      names: ['2900-6995'],
      first: { runs: [], elevated: false },
    },
  ],
  'a reservation of a guest of one port': [
    refusedFactsOf(10_048, { guests: known([{ ...hcn, ...portsFrom(3000, 3000) }]) }),
    {
      cause: 'guest-reservation',
      certainty: 'likely',
      names: ['WSL'],
      first: { runs: ['wsl --exec ss -lntp'], elevated: false },
    },
  ],
  'a reservation of a guest of one UDP port': [
    refusedFactsOf(10_048, { protocol: 'udp', guests: known([{ ...hcn, ...portsFrom(3000, 3000) }]) }),
    { cause: 'guest-reservation', first: { runs: ['wsl --exec ss -lnup'], elevated: false } },
  ],
  'a reservation of a guest for the other protocol': [
    refusedFactsOf(10_048, { guests: known([{ ...hcn, protocol: 'udp' }]) }),
    { cause: 'not-listed', certainty: 'likely' },
  ],
  'a reservation of a guest, and somebody who listens elsewhere': [
    refusedFactsOf(10_013, {
      bindTo: '127.0.0.1',
      attempts: attempted(10_013, '127.0.0.1'),
      owners: known([ownerOf({ address: '192.168.1.5' })]),
      guests: known([hcn]),
    }),
    { cause: 'guest-reservation', owners: [], block: hcn },
  ],
  'a reservation of a guest that passes a socket of Windows on': [
    refusedFactsOf(10_013, { owners: known([ownerOf()]), guests: known([hcn]) }),
    { cause: 'guest-reservation', block: hcn },
  ],
};
