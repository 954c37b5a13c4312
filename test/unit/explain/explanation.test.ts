// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { explainFacts } from '../../../src/explain/explain.js';
import type { PortFacts } from '../../../src/explain/facts.js';
import type { PortExplanation } from '../../../src/port-explanation.js';
import {
  administered,
  attempted,
  eacces,
  eaddrinuse,
  factsOf,
  known,
  ownerOf,
  ownProcess,
  refusedFactsOf,
  unknown,
  winnat,
} from './facts-of.js';

type Expected = Partial<Omit<PortExplanation, 'sentence'>> & {
  readonly sentence: RegExp;
  /** What the first of the advice says, or runs. */
  readonly first?: RegExp | undefined;
};

const system = ownerOf({ processId: 4, imageName: 'System' });
const neighbour = ownerOf({ port: 2999, processId: 77, imageName: 'quic.exe' });
const blockOf = { protocol: 'tcp', startPort: 2990, numberOfPorts: 20 } as const;
const hcn = { protocol: 'both', startPort: 2900, numberOfPorts: 4096 } as const;

const cases: Record<string, [PortFacts, Expected]> = {
  'nothing in the way': [
    factsOf(),
    { cause: 'free', certainty: 'certain', bindable: true, sentence: /^TCP port 3000 is free: a bind worked/ },
  ],
  'nothing in the way by now': [
    factsOf({ refusal: eacces }),
    { cause: 'free', bindable: true, sentence: /was refused with EACCES and is free now/ },
  ],
  'nothing in the way but that IPv6 is refused': [
    factsOf({
      attempts: known([
        { address: '::', call: 'bind', errorNumber: 10_013 },
        { address: '0.0.0.0', call: 'bind', errorNumber: 0 },
      ]),
    }),
    { cause: 'free', bindable: true, sentence: /is free over IPv4 alone/ },
  ],
  'nothing in the way where Windows chooses from': [
    factsOf({ port: 50_000 }),
    { cause: 'free', sentence: /^TCP port 50000 is free/, first: /^Keep 50000 .* exclude it\. Never/ },
  ],
  'a bind that worked, and no lists': [
    factsOf({ ranges: unknown('netsh hangs'), owners: unknown('no') }),
    { cause: 'free', certainty: 'likely', sentence: /is free/ },
  ],
  'a listener': [
    refusedFactsOf(10_048, { owners: known([ownerOf()]) }),
    {
      cause: 'in-use',
      certainty: 'certain',
      owners: [ownerOf()],
      sentence: /^TCP port 3000 is in use: node\.exe \(process 1234\) has it at 0\.0\.0\.0\.$/,
      first: /Stop node\.exe \(process 1234\).* taskkill \/PID 1234 \/F/,
    },
  ],
  'a listener of this process': [
    refusedFactsOf(10_048, { owners: known([ownerOf({ processId: ownProcess, address: '::' })]) }),
    {
      cause: 'in-use',
      certainty: 'certain',
      sentence: /^TCP port 3000 is in use: this process \(4242\) has it at ::\.$/,
      first: /^Close the socket that this process has/,
    },
  ],
  'a service': [
    refusedFactsOf(10_048, { owners: known([ownerOf({ imageName: 'svchost.exe', serviceNames: ['Spooler'] })]) }),
    { cause: 'in-use', sentence: /svchost\.exe \(process 1234, service Spooler\)/, first: /net stop "Spooler"/ },
  ],
  'one of several services of a process': [
    refusedFactsOf(10_048, { owners: known([ownerOf({ serviceNames: ['one', 'two'] })]) }),
    { cause: 'in-use', sentence: /services one, two\)/, first: /^Stop the service .*one, two.* tasklist \/svc/ },
  ],
  'a port proxy': [
    refusedFactsOf(10_048, { owners: known([ownerOf({ imageName: 'svchost.exe', serviceNames: ['iphlpsvc'] })]) }),
    {
      cause: 'in-use',
      sentence: /iphlpsvc/,
      first: /portproxy delete v4tov4 listenport=3000 listenaddress=0\.0\.0\.0/,
    },
  ],
  'a container that publishes the port': [
    refusedFactsOf(10_048, { owners: known([ownerOf({ imageName: 'com.docker.backend.exe' })]) }),
    { cause: 'in-use', sentence: /com\.docker\.backend/, first: /docker ps --filter publish=3000/ },
  ],
  'a program inside WSL': [
    refusedFactsOf(10_048, { owners: known([ownerOf({ imageName: 'wslrelay.exe', address: '::1' })]) }),
    { cause: 'in-use', sentence: /wslrelay\.exe/, first: /inside WSL/ },
  ],
  'a connection that lingers': [
    refusedFactsOf(10_048, { owners: known([ownerOf({ processId: 0, state: 'TIME_WAIT' })]) }),
    {
      cause: 'in-use',
      certainty: 'likely',
      sentence: /in use by a connection of a process that has ended/,
      first: /^Wait/,
    },
  ],
  'a listener, and connections that have the port too': [
    refusedFactsOf(10_048, {
      owners: known([
        ownerOf({ processId: 9, state: 'ESTAB' }),
        ownerOf({ processId: 0, state: 'TIME_WAIT' }),
        ownerOf(),
      ]),
    }),
    { cause: 'in-use', owners: [ownerOf()], sentence: /process 1234/ },
  ],
  'a listener on the address, and one elsewhere': [
    refusedFactsOf(10_048, {
      host: '127.0.0.1',
      bindTo: '127.0.0.1',
      attempts: attempted(10_048, '127.0.0.1'),
      owners: known([ownerOf({ processId: 9, address: '10.0.0.5' }), ownerOf({ address: '127.0.0.1' })]),
    }),
    {
      cause: 'in-use',
      host: '127.0.0.1',
      owners: [ownerOf({ address: '127.0.0.1' })],
      sentence: /\(process 1234\) has it at 127/,
    },
  ],
  'a listener elsewhere that leaves room': [
    factsOf({ owners: known([ownerOf({ address: '127.0.0.1' })]), nearbyPort: 3001 }),
    {
      cause: 'in-use',
      bindable: true,
      sentence: /node\.exe \(process 1234\) has it at 127\.0\.0\.1, and Windows lets another/,
    },
  ],
  'a connection that leaves room': [
    factsOf({ owners: known([ownerOf({ state: 'ESTAB' })]) }),
    { cause: 'free', bindable: true, owners: [], sentence: /is free/ },
  ],
  'a UDP socket elsewhere that leaves room': [
    factsOf({ protocol: 'udp', owners: known([{ ...ownerOf({ protocol: 'udp', address: '127.0.0.1' }) }]) }),
    { cause: 'in-use', bindable: true, sentence: /UDP port 3000 is in use: .* at 127\.0\.0\.1, and/ },
  ],
  'somebody whom the table does not tell': [
    refusedFactsOf(10_048, { owners: unknown('The call failed.') }),
    {
      cause: 'in-use',
      certainty: 'likely',
      owners: [],
      sentence: /whose it is could not be told/,
      first: /netstat -ano/,
    },
  ],
  'somebody, and neither table nor list can be read': [
    refusedFactsOf(10_048, { owners: unknown('no'), ranges: unknown('no') }),
    { cause: 'in-use', certainty: 'possible', sentence: /whose it is could not be told/ },
  ],
  'a socket with SO_EXCLUSIVEADDRUSE': [
    refusedFactsOf(10_013, { owners: known([ownerOf()]) }),
    {
      cause: 'exclusive-use',
      certainty: 'likely',
      sentence: /node\.exe \(process 1234\) has it at 0\.0\.0\.0 for itself alone.*\(WSAEACCES\)/,
      first: /taskkill \/PID 1234/,
    },
  ],
  'a socket with SO_EXCLUSIVEADDRUSE, and no list': [
    refusedFactsOf(10_013, { owners: known([ownerOf()]), ranges: unknown('netsh hangs') }),
    { cause: 'exclusive-use', certainty: 'possible', sentence: /for itself alone/ },
  ],
  'a socket with SO_EXCLUSIVEADDRUSE in an administered range': [
    refusedFactsOf(10_013, { owners: known([ownerOf()]), ranges: known([administered]) }),
    { cause: 'exclusive-use', range: administered, sentence: /for itself alone/ },
  ],
  'http.sys, without a range': [
    refusedFactsOf(10_013, { owners: known([system]) }),
    {
      cause: 'exclusive-use',
      sentence: /: http\.sys, the HTTP server inside Windows \(System, process 4\) has it/,
      first: /netsh http show servicestate/,
    },
  ],
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
  'a range in which the kernel listens on the port': [
    refusedFactsOf(10_013, {
      ranges: known([{ ...winnat, startPort: 3000, endPort: 3000 }]),
      owners: known([system]),
      neighbours: known([system]),
    }),
    {
      cause: 'foreign-range',
      owners: [system],
      sentence: /^TCP port 3000 is reserved by http\.sys, the HTTP server inside Windows \(System, process 4\)/,
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
      certainty: 'certain',
      sentence: /lies in 2900-6995, which a virtual machine or a container has/,
      first: /another port: 3069/,
    },
  ],
  'a reservation of a guest for the other protocol': [
    refusedFactsOf(10_048, { guests: known([{ ...hcn, protocol: 'udp' }]) }),
    { cause: 'not-listed', certainty: 'likely', sentence: /neither the list of excluded ranges nor any process/ },
  ],
  'nothing that is listed, and 10013': [
    refusedFactsOf(10_013),
    {
      cause: 'not-listed',
      certainty: 'likely',
      sentence: /Windows refuses TCP port 3000 \(WSAEACCES\).*WSL/,
    },
  ],
  'nothing that is listed, and 10048': [
    refusedFactsOf(10_048),
    { cause: 'not-listed', certainty: 'likely', sentence: /\(WSAEADDRINUSE\).*WSL with mirrored networking/ },
  ],
  'nothing that is listed, but an exclusion on top of it': [
    refusedFactsOf(10_013, { ranges: known([administered]) }),
    { cause: 'not-listed', range: administered, sentence: /neither the list of excluded ranges nor any process/ },
  ],
  'a range that does not have the port': [
    refusedFactsOf(10_013, { port: 3069, ranges: known([winnat]) }),
    { cause: 'not-listed', sentence: /^Windows refuses TCP port 3069/ },
  ],
  'no list to be read': [
    refusedFactsOf(10_013, { ranges: unknown('netsh did not end in time.') }),
    {
      cause: 'not-listed',
      certainty: 'possible',
      sentence: /could not be told for certain, because the list of excluded ranges could not be read/,
    },
  ],
  'neither list nor table to be read': [
    refusedFactsOf(10_013, { ranges: unknown('no'), owners: unknown('no') }),
    {
      cause: 'not-listed',
      certainty: 'possible',
      sentence: /excluded ranges and the table of sockets could not be read/,
    },
  ],
  'an error, where no bind can be tried': [
    refusedFactsOf(10_013, {
      attempts: unknown('no addon'),
      owners: unknown('no addon'),
      refusal: eacces,
      ranges: known([winnat]),
    }),
    { cause: 'foreign-range', bindable: false, sentence: /WinNAT/ },
  ],
  'an error of a port in use, where no bind can be tried': [
    refusedFactsOf(10_013, { attempts: unknown('no addon'), owners: unknown('no addon'), refusal: eaddrinuse }),
    { cause: 'in-use', certainty: 'likely', sentence: /whose it is could not be told/ },
  ],
  'neither a bind nor an error': [
    refusedFactsOf(10_013, { attempts: unknown('There was no answer in 2500 ms.') }),
    { cause: 'not-listed', bindable: false, sentence: /^Whether TCP port 3000 can be had could not be told/ },
  ],
  'a token in a process that is not elevated': [
    refusedFactsOf(10_013, {
      attempts: unknown('no'),
      refusal: { call: 'WSAIoctl(SIO_ASSOCIATE_PORT_RESERVATION)', code: 'WSAEACCES', errorNumber: 10_013 },
    }),
    {
      cause: 'not-elevated',
      certainty: 'certain',
      sentence: /^The reservation of TCP port 3000 is persistent/,
      first: /elevated/,
    },
  ],
  'the same of a port that Windows would choose': [
    refusedFactsOf(10_013, {
      port: 0,
      attempts: unknown('no'),
      refusal: { call: 'WSAIoctl(SIO_ASSOCIATE_PORT_RESERVATION)', code: 'WSAEACCES', errorNumber: 10_013 },
    }),
    { cause: 'not-elevated', port: 0, sentence: /^The reservation of a TCP port is persistent/ },
  ],
  'a reservation by a process that is not elevated': [
    refusedFactsOf(10_013, {
      refusal: { call: 'CreatePersistentTcpPortReservation', code: 'ERROR_ACCESS_DENIED', errorNumber: 5 },
    }),
    { cause: 'not-elevated', sentence: /^Only an elevated process can create or delete/ },
  ],
  'a token that is refused though the process is elevated': [
    refusedFactsOf(10_013, {
      elevated: known(true),
      refusal: { call: 'WSAIoctl(SIO_ASSOCIATE_PORT_RESERVATION)', code: 'WSAEACCES', errorNumber: 10_013 },
    }),
    { cause: 'not-elevated', certainty: 'possible', sentence: /persistent/ },
  ],
  'a low port of another system': [
    refusedFactsOf(10_013, { port: 80, platform: 'linux' }),
    { cause: 'privileged-port', certainty: 'likely', sentence: /port 80 is below 1024, and this host \(linux\)/ },
  ],
  'a low port of Windows': [refusedFactsOf(10_013, { port: 80 }), { cause: 'not-listed', sentence: /Windows refuses/ }],
  'an address of another machine': [
    refusedFactsOf(10_049, { host: '10.1.1.1', bindTo: '10.1.1.1', attempts: attempted(10_049, '10.1.1.1') }),
    {
      cause: 'address-not-available',
      certainty: 'certain',
      sentence: /^10\.1\.1\.1 is no address of this machine.*WSAEADDRNOTAVAIL/,
      first: /^Leave the host out/,
    },
  ],
  'a name that nobody knows': [
    refusedFactsOf(10_049, {
      host: 'nowhere',
      bindTo: 'nowhere',
      attempts: known([{ address: 'nowhere', call: 'getaddrinfo', errorNumber: 11_001 }]),
    }),
    { cause: 'address-not-available', sentence: /^nowhere is no address/ },
  ],
  'an IPv6 address without IPv6': [
    refusedFactsOf(10_047, { bindTo: '::', attempts: attempted(10_047, '::') }),
    { cause: 'address-not-available', sentence: /WSAEAFNOSUPPORT/ },
  ],
};

describe('the explanation of a port with', () => {
  it.each(Object.entries(cases))('%s', (_, [facts, { sentence, first, ...expected }]) => {
    const explanation = explainFacts(facts);
    expect(explanation).toMatchObject({ protocol: facts.protocol, port: facts.port, ...expected });
    expect(explanation.sentence).toMatch(sentence);
    const [best] = explanation.advice;
    if (first) expect([best?.text, best?.call, ...(best?.commands ?? [])].join(' ')).toMatch(first);
  });

  it('every cause is in the table', () => {
    const causes = new Set(Object.values(cases).map(([, { cause }]) => cause));
    expect(causes.size).toBe(12);
  });
});

describe('the advice', () => {
  const textOf = ({ advice }: PortExplanation) => JSON.stringify(advice);
  const inRange = (overrides: Partial<PortFacts> = {}) =>
    explainFacts(refusedFactsOf(10_013, { ranges: known([winnat]), neighbours: known([]), ...overrides }));

  it('for a range of WinNAT keeps the port in one way or the other, with what it costs', () => {
    const [another, exclude, reserve, ...rest] = inRange().advice;
    expect(another?.elevated).toBe(false);
    expect(exclude).toMatchObject({
      elevated: true,
      commands: [
        'net stop winnat',
        'netsh int ipv4 add excludedportrange protocol=tcp startport=3000 numberofports=1 store=persistent',
        'net start winnat',
      ],
    });
    expect(exclude?.text).toContain('Never do so for a program that reserves its port');
    expect(reserve).toMatchObject({
      elevated: true,
      commands: ['net stop winnat', 'npx win-port-reservation create tcp 3000 1', 'net start winnat'],
    });
    for (const each of [exclude, reserve]) expect(each?.cost).toMatch(/WSL, Docker and Hyper-V have no network/);
    expect(rest).toEqual([]);
  });

  it('names the root where Windows chooses ports from 1024 on', () => {
    const { advice } = inRange({ dynamicRange: known({ startPort: 1024, numberOfPorts: 13_977 }) });
    expect(advice.at(-1)).toMatchObject({
      elevated: true,
      cost: 'It holds from the next restart of Windows on.',
      commands: [
        'netsh int ipv4 set dynamicport tcp start=49152 num=16384',
        'netsh int ipv6 set dynamicport tcp start=49152 num=16384',
      ],
    });
    expect(advice[0]?.text).toContain('one outside of that is safer');
  });

  it('does not name it where it is not the root, or not known', () => {
    expect(textOf(inRange({ dynamicRange: known({ startPort: 10_000, numberOfPorts: 100 }) }))).not.toContain(
      'dynamicport',
    );
    expect(textOf(inRange({ dynamicRange: unknown('no') }))).not.toContain('dynamicport');
  });

  it('does without a port nearby', () => {
    expect(inRange({ nearbyPort: undefined }).advice[0]?.text).toMatch(/^Use another port, or port 0/);
  });

  it('stops WinNAT for ranges that may be its own, and for nothing else', () => {
    for (const [name, [facts]] of Object.entries(cases)) {
      const explanation = explainFacts(facts);
      const isWinnat = /a range of (WinNAT|an unusual width|one port)|no bind can be tried/.test(name);
      if (!isWinnat) expect(textOf(explanation), name).not.toContain('winnat');
    }
  });

  it('excludes no port that is reserved, in use or excluded', () => {
    for (const [facts] of Object.values(cases)) {
      const explanation = explainFacts(facts);
      if (!['free', 'foreign-range'].includes(explanation.cause)) {
        expect(textOf(explanation)).not.toContain('add excludedportrange');
      }
    }
  });

  it('sends to an elevated shell only where that would tell more', () => {
    const isSent = (facts: PortFacts) => textOf(explainFacts(facts)).includes('npx win-port-reservation explain');
    expect(isSent(refusedFactsOf(10_013))).toBe(true);
    expect(isSent(refusedFactsOf(10_013, { guests: known([]), elevated: known(true) }))).toBe(false);
  });
});

describe('the evidence', () => {
  it('has every fact, and why those are missing that are', () => {
    const { evidence } = explainFacts(
      refusedFactsOf(10_013, {
        refusal: eacces,
        ranges: unknown('netsh did not end in time, and was killed.'),
        owners: known([ownerOf()]),
        neighbours: known([neighbour]),
        guests: known([hcn]),
      }),
    );
    expect(evidence).toEqual([
      { source: 'listen', finding: 'It was refused with EACCES.' },
      { source: 'bind', finding: 'It was refused with WSAEACCES (10013) at [::]:3000.' },
      { source: 'bind', finding: 'It was refused with WSAEACCES (10013) at 0.0.0.0:3000.' },
      {
        source: 'netsh interface ipv4 show excludedportrange',
        finding: 'Not known: netsh did not end in time, and was killed.',
      },
      {
        source: 'LookupPersistentTcpPortReservation',
        finding: 'There is no persistent reservation by these numbers.',
      },
      { source: 'GetExtendedTcpTable', finding: 'node.exe (process 1234) has it at 0.0.0.0 (LISTEN).' },
      { source: 'GetExtendedTcpTable', finding: 'Ports of the range have quic.exe (process 77).' },
      {
        source: 'HcnEnumerateGuestNetworkPortReservations',
        finding: '2900-6995 belongs to a virtual machine or a container.',
      },
      {
        source: 'netsh interface ipv4 show dynamicport',
        finding: 'Windows chooses ports from 49152-65535; 3000 is none of them.',
      },
    ]);
  });

  it('says how one knows whose a range is', () => {
    const findings = (range: typeof winnat) =>
      JSON.stringify(explainFacts(refusedFactsOf(10_013, { ranges: known([range]) })).evidence);
    expect(findings(winnat)).toContain('100 ports, which is how many WinNAT takes at a time; without a star');
    expect(findings({ ...winnat, endPort: 3032 })).toContain('64 ports, which is how many HNS takes');
    expect(findings(administered)).toContain('with a star: an administrator excluded it, and it refuses no bind');
  });
});
