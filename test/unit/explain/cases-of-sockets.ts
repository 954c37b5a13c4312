// SPDX-License-Identifier: MIT
import {
  blockOf,
  administered,
  attempted,
  eacces,
  factsOf,
  known,
  ownerOf,
  ownProcess,
  refusedFactsOf,
  unknown,
  system,
  type Cases,
} from './facts-of.js';

const elsewhere = ownerOf({ address: '192.168.1.5' });
const atLoopback = (errorNumber: number) => ({
  host: '127.0.0.1',
  bindTo: '127.0.0.1',
  attempts: attempted(errorNumber, '127.0.0.1'),
});

/** Ports that nobody has, and ports that sockets have. */
export const casesOfSockets: Cases = {
  'nothing in the way': [
    factsOf(),
    { cause: 'free', certainty: 'certain', bindable: true, sentence: /^TCP port 3000 is free: a bind worked/ },
  ],
  'nothing in the way by now': [
    factsOf({ refusal: eacces }),
    { cause: 'free', bindable: true, sentence: /was refused with EACCES and is free now/ },
  ],
  'nothing in the way of a block by now': [
    factsOf({ refusal: { ...eacces, code: 'ERROR_SHARING_VIOLATION', block: blockOf } }),
    {
      cause: 'free',
      certainty: 'possible',
      bindable: true,
      advice: [],
      sentence: /^TCP ports 2990-3009 were refused .* none of them is known to be/,
    },
  ],
  'nothing in the way of a block, as far as a process knows that is not elevated': [
    factsOf({ refusal: { ...eacces, block: blockOf }, guests: unknown('Access is denied.') }),
    { cause: 'free', certainty: 'possible', sentence: /^TCP ports 2990-3009 were/, first: /^Ask again in an elevated/ },
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
    {
      cause: 'free',
      sentence: /^TCP port 50000 is free/,
      first: /^Keep 50000 .* exclude it\. It is one of those that Windows chooses from/,
    },
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
      first: /netsh interface portproxy show all$/,
    },
  ],
  'a port proxy at one address': [
    refusedFactsOf(10_048, { owners: known([ownerOf({ address: '10.0.0.5', serviceNames: ['iphlpsvc'] })]) }),
    {
      cause: 'in-use',
      sentence: /iphlpsvc/,
      first: /portproxy delete v4tov4 listenport=3000 listenaddress=10\.0\.0\.5$/,
    },
  ],
  'the service of port proxies over UDP': [
    refusedFactsOf(10_048, {
      protocol: 'udp',
      owners: known([ownerOf({ protocol: 'udp', serviceNames: ['iphlpsvc'] })]),
    }),
    { cause: 'in-use', sentence: /iphlpsvc/, first: /net stop "iphlpsvc"/ },
  ],
  'the service of port proxies among others': [
    refusedFactsOf(10_048, { owners: known([ownerOf({ serviceNames: ['iphlpsvc', 'Winmgmt'] })]) }),
    { cause: 'in-use', sentence: /iphlpsvc, Winmgmt/, first: /tasklist \/svc/ },
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
      sentence: /: the kernel \(System, process 4, as a rule http\.sys\) has it/,
      first: /^If it is http\.sys: .*netsh http show servicestate/,
    },
  ],
  'the file sharing of Windows': [
    refusedFactsOf(10_013, { port: 445, owners: known([{ ...system, port: 445 }]) }),
    {
      cause: 'exclusive-use',
      sentence: /: the file sharing of Windows \(System, process 4\) has it/,
      first: /^Leave it/,
    },
  ],
  'a listener, where no bind was tried': [
    factsOf({ attempts: unknown('There was no answer in 2500 ms.'), owners: known([ownerOf()]) }),
    {
      cause: 'in-use',
      certainty: 'likely',
      bindable: false,
      owners: [ownerOf()],
      sentence: /^TCP port 3000 is in use: node\.exe \(process 1234\) has it at 0\.0\.0\.0\.$/,
    },
  ],
  'a connection, where no bind was tried': [
    factsOf({ attempts: unknown('no'), owners: known([ownerOf({ state: 'ESTAB' })]) }),
    { cause: 'in-use', certainty: 'possible', sentence: /is in use: node/ },
  ],
  'a listener in a block that was refused, where no bind was tried': [
    factsOf({
      attempts: unknown('no'),
      owners: known([ownerOf()]),
      refusal: { call: 'CreatePersistentTcpPortReservation', code: 'ERROR_SHARING_VIOLATION', errorNumber: 32 },
    }),
    { cause: 'in-use', certainty: 'likely', sentence: /is in use: node/ },
  ],
  'a listener at another address than the one that is refused': [
    refusedFactsOf(10_013, { ...atLoopback(10_013), owners: known([elsewhere]) }),
    { cause: 'not-listed', owners: [], sentence: /^Windows refuses TCP port 3000 at 127\.0\.0\.1 \(WSAEACCES\)/ },
  ],
  'a listener at another address than the one that can be bound': [
    factsOf({ ...atLoopback(0), owners: known([elsewhere]), port: 50_000 }),
    {
      cause: 'free',
      bindable: true,
      owners: [],
      advice: [],
      sentence: /^TCP port 50000 at 127\.0\.0\.1 is free: a bind/,
    },
  ],
  'a listener over IPv4 beside an IPv6 address that can be bound': [
    factsOf({ host: '::1', bindTo: '::1', attempts: attempted(0, '::1'), owners: known([ownerOf()]) }),
    { cause: 'free', bindable: true, owners: [], sentence: /is free/ },
  ],
  'a listener at the same address, with the zeros written out and a scope': [
    refusedFactsOf(10_048, {
      host: 'fe80:0::1',
      bindTo: 'fe80:0::1',
      attempts: attempted(10_048, 'fe80:0::1'),
      owners: known([ownerOf({ address: 'fe80::1%7' })]),
    }),
    { cause: 'in-use', certainty: 'certain', sentence: /has it at fe80::1%7/ },
  ],
};
