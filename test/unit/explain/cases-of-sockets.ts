// SPDX-License-Identifier: MIT
import { advisedCommand } from '../../../src/common/advised-command.js';
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

/** Cases of free ports, and of ports that sockets use. */
export const casesOfSockets: Cases = {
  'nothing in the way': [factsOf(), { cause: 'free', certainty: 'certain', bindable: true }],
  'nothing in the way by now': [factsOf({ refusal: eacces }), { cause: 'free', bindable: true, names: ['EACCES'] }],
  'nothing in the way of a block by now': [
    factsOf({ refusal: { ...eacces, code: 'ERROR_SHARING_VIOLATION', block: blockOf } }),
    {
      cause: 'free',
      certainty: 'possible',
      bindable: true,
      advice: [],
      names: ['2990-3009', 'ERROR_SHARING_VIOLATION'],
    },
  ],
  'nothing in the way of a block, as far as a process knows that is not elevated': [
    factsOf({ refusal: { ...eacces, block: blockOf }, guests: unknown('Access is denied.') }),
    {
      cause: 'free',
      certainty: 'possible',
      names: ['2990-3009'],
      first: { runs: [advisedCommand('explain tcp 3000')], elevated: true },
    },
  ],
  'nothing in the way but that IPv6 is refused': [
    factsOf({
      attempts: known([
        { address: '::', call: 'bind', errorNumber: 10_013 },
        { address: '0.0.0.0', call: 'bind', errorNumber: 0 },
      ]),
    }),
    { cause: 'free', bindable: true, names: ['IPv4'] },
  ],
  'nothing in the way where Windows chooses from': [
    factsOf({ port: 50_000 }),
    {
      cause: 'free',

      first: {
        runs: [
          advisedCommand('protect tcp 50000'),
          "protectPorts({ protocol: 'tcp', startPort: 50000, numberOfPorts: 1 })",
        ],
        elevated: true,
      },
    },
  ],
  'a bind that worked, and no lists': [
    factsOf({ ranges: unknown('netsh hangs'), owners: unknown('no') }),
    { cause: 'free', certainty: 'likely' },
  ],
  'a listener': [
    refusedFactsOf(10_048, { owners: known([ownerOf()]) }),
    {
      cause: 'in-use',
      certainty: 'certain',
      owners: [ownerOf()],
      names: ['node.exe (process 1234)', '0.0.0.0'],
      first: { runs: [advisedCommand('free tcp 3000'), "freePort({ protocol: 'tcp', port: 3000 })"] },
    },
  ],
  'a listener of this process': [
    refusedFactsOf(10_048, { owners: known([ownerOf({ processId: ownProcess, address: '::' })]) }),
    {
      cause: 'in-use',
      certainty: 'certain',
      names: ['4242', '::'],
      first: { runs: [] },
    },
  ],
  'a service': [
    refusedFactsOf(10_048, { owners: known([ownerOf({ imageName: 'svchost.exe', serviceNames: ['Spooler'] })]) }),
    {
      cause: 'in-use',
      names: ['svchost.exe (process 1234, service Spooler)'],
      first: {
        runs: [advisedCommand('free tcp 3000'), "freePort({ protocol: 'tcp', port: 3000, stopServices: true })"],
        elevated: true,
      },
    },
  ],
  'a service whose name a shell would change': [
    refusedFactsOf(10_048, { owners: known([ownerOf({ serviceNames: ['MSSQL$SQLEXPRESS'] })]) }),
    {
      cause: 'in-use',
      names: ['service MSSQL$SQLEXPRESS'],
      first: {
        runs: [advisedCommand('free tcp 3000'), "freePort({ protocol: 'tcp', port: 3000, stopServices: true })"],
        elevated: true,
      },
    },
  ],
  'a service that WSL needs': [
    refusedFactsOf(10_048, { owners: known([ownerOf({ imageName: 'svchost.exe', serviceNames: ['SharedAccess'] })]) }),
    { cause: 'in-use', names: ['service SharedAccess'], first: { runs: [], elevated: false } },
  ],
  'a service that Windows needs, and one that it does not': [
    refusedFactsOf(10_048, { owners: known([ownerOf({ serviceNames: ['Dnscache', 'Spooler'] })]) }),
    { cause: 'in-use', names: ['services Dnscache, Spooler'], first: { runs: ['tasklist /svc /fi "PID eq 1234"'] } },
  ],
  'a part of Windows': [
    refusedFactsOf(10_048, { owners: known([ownerOf({ imageName: 'lsass.exe' })]) }),
    { cause: 'in-use', names: ['lsass.exe'], first: { runs: [], elevated: false } },
  ],
  'five processes': [
    refusedFactsOf(10_048, { owners: known([1, 2, 3, 5, 6].map((processId) => ownerOf({ processId }))) }),
    { cause: 'in-use', names: ['process 1', 'process 2', 'process 3', '2 more'] },
  ],
  'a program, and a service that WSL needs': [
    refusedFactsOf(10_048, {
      owners: known([ownerOf(), ownerOf({ processId: 2, imageName: 'svchost.exe', serviceNames: ['SharedAccess'] })]),
    }),
    { cause: 'in-use', names: ['node.exe', 'SharedAccess'], first: { runs: [], elevated: false } },
  ],
  'a program and a service': [
    refusedFactsOf(10_048, { owners: known([ownerOf(), ownerOf({ processId: 2, serviceNames: ['Spooler'] })]) }),
    {
      cause: 'in-use',
      names: ['node.exe (process 1234)', 'service Spooler'],
      first: {
        runs: [advisedCommand('free tcp 3000'), "freePort({ protocol: 'tcp', port: 3000, stopServices: true })"],
        elevated: true,
      },
    },
  ],
  'one of several services of a process': [
    refusedFactsOf(10_048, { owners: known([ownerOf({ serviceNames: ['one', 'two'] })]) }),
    { cause: 'in-use', names: ['services one, two'], first: { runs: ['tasklist /svc /fi "PID eq 1234"'] } },
  ],
  'a port proxy': [
    refusedFactsOf(10_048, { owners: known([ownerOf({ imageName: 'svchost.exe', serviceNames: ['iphlpsvc'] })]) }),
    {
      cause: 'in-use',
      names: ['iphlpsvc'],
      first: { runs: ['netsh interface portproxy show all'] },
    },
  ],
  'a port proxy at one address': [
    refusedFactsOf(10_048, { owners: known([ownerOf({ address: '10.0.0.5', serviceNames: ['iphlpsvc'] })]) }),
    {
      cause: 'in-use',
      names: ['iphlpsvc'],
      first: {
        runs: [
          'netsh interface portproxy show all',
          'netsh interface portproxy delete v4tov4 listenport=3000 listenaddress=10.0.0.5',
        ],
      },
    },
  ],
  'the service of port proxies over UDP': [
    refusedFactsOf(10_048, {
      protocol: 'udp',
      owners: known([ownerOf({ protocol: 'udp', serviceNames: ['iphlpsvc'] })]),
    }),
    {
      cause: 'in-use',
      names: ['iphlpsvc'],
      first: {
        runs: [advisedCommand('free udp 3000'), "freePort({ protocol: 'udp', port: 3000, stopServices: true })"],
      },
    },
  ],
  'the service of port proxies among others': [
    refusedFactsOf(10_048, { owners: known([ownerOf({ serviceNames: ['iphlpsvc', 'Winmgmt'] })]) }),
    { cause: 'in-use', names: ['iphlpsvc, Winmgmt'], first: { runs: ['tasklist /svc /fi "PID eq 1234"'] } },
  ],
  'a container that publishes the port': [
    refusedFactsOf(10_048, { owners: known([ownerOf({ imageName: 'com.docker.backend.exe' })]) }),
    { cause: 'in-use', names: ['com.docker.backend.exe'], first: { runs: ['docker ps --filter publish=3000'] } },
  ],
  'a program inside WSL': [
    refusedFactsOf(10_048, { owners: known([ownerOf({ imageName: 'wslrelay.exe', address: '::1' })]) }),
    { cause: 'in-use', names: ['wslrelay.exe'], first: { runs: ['wsl --exec ss -lntp'] } },
  ],
  'a connection that lingers': [
    refusedFactsOf(10_048, { owners: known([ownerOf({ processId: 0, state: 'TIME_WAIT' })]) }),
    {
      cause: 'in-use',
      certainty: 'likely',

      first: { runs: [] },
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
    { cause: 'in-use', owners: [ownerOf()], names: ['process 1234'] },
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
      names: ['process 1234', '127.0.0.1'],
    },
  ],
  'a listener elsewhere that leaves room': [
    factsOf({ owners: known([ownerOf({ address: '127.0.0.1' })]), nearbyPort: 3001 }),
    {
      cause: 'in-use',
      bindable: true,
      names: ['node.exe (process 1234)', '127.0.0.1'],
    },
  ],
  'a connection that leaves room': [
    factsOf({ owners: known([ownerOf({ state: 'ESTAB' })]) }),
    { cause: 'free', bindable: true, owners: [] },
  ],
  'a UDP socket elsewhere that leaves room': [
    factsOf({ protocol: 'udp', owners: known([{ ...ownerOf({ protocol: 'udp', address: '127.0.0.1' }) }]) }),
    { cause: 'in-use', bindable: true, names: ['127.0.0.1'] },
  ],
  'somebody whom the table does not tell': [
    refusedFactsOf(10_048, { owners: unknown('The call failed.') }),
    {
      cause: 'in-use',
      certainty: 'likely',
      owners: [],

      first: { runs: ['netstat -ano | findstr /C:":3000 "'] },
    },
  ],
  'somebody, and neither table nor list can be read': [
    refusedFactsOf(10_048, { owners: unknown('no'), ranges: unknown('no') }),
    { cause: 'in-use', certainty: 'possible', owners: [] },
  ],
  'a socket with SO_EXCLUSIVEADDRUSE': [
    refusedFactsOf(10_013, { owners: known([ownerOf()]) }),
    {
      cause: 'exclusive-use',
      certainty: 'likely',
      names: ['node.exe (process 1234)', '0.0.0.0', 'WSAEACCES'],
      first: { runs: [advisedCommand('free tcp 3000'), "freePort({ protocol: 'tcp', port: 3000 })"] },
    },
  ],
  'a socket with SO_EXCLUSIVEADDRUSE, and no list': [
    refusedFactsOf(10_013, { owners: known([ownerOf()]), ranges: unknown('netsh hangs') }),
    { cause: 'exclusive-use', certainty: 'possible', owners: [ownerOf()] },
  ],
  'a socket with SO_EXCLUSIVEADDRUSE in an administered range': [
    refusedFactsOf(10_013, { owners: known([ownerOf()]), ranges: known([administered]) }),
    { cause: 'exclusive-use', range: administered, owners: [ownerOf()] },
  ],
  'http.sys, without a range': [
    refusedFactsOf(10_013, { owners: known([system]) }),
    {
      cause: 'exclusive-use',
      owners: [system],
      names: ['process 4'],
      first: { runs: ['netsh http show servicestate view=requestq'] },
    },
  ],
  'the file sharing of Windows': [
    refusedFactsOf(10_013, { port: 445, owners: known([{ ...system, port: 445 }]) }),
    {
      cause: 'exclusive-use',
      names: ['process 4'],
      first: { runs: [] },
    },
  ],
  'a listener, where no bind was tried': [
    factsOf({ attempts: unknown('There was no answer in 2500 ms.'), owners: known([ownerOf()]) }),
    {
      cause: 'in-use',
      certainty: 'likely',
      bindable: false,
      owners: [ownerOf()],
      names: ['node.exe (process 1234)', '0.0.0.0'],
    },
  ],
  'a connection, where no bind was tried': [
    factsOf({ attempts: unknown('no'), owners: known([ownerOf({ state: 'ESTAB' })]) }),
    { cause: 'in-use', certainty: 'possible', names: ['node.exe (process 1234)'] },
  ],
  'a listener in a block that was refused, where no bind was tried': [
    factsOf({
      attempts: unknown('no'),
      owners: known([ownerOf()]),
      refusal: { call: 'CreatePersistentTcpPortReservation', code: 'ERROR_SHARING_VIOLATION', errorNumber: 32 },
    }),
    { cause: 'in-use', certainty: 'likely', names: ['node.exe (process 1234)'] },
  ],
  'a listener at another address than the one that is refused': [
    refusedFactsOf(10_013, { ...atLoopback(10_013), owners: known([elsewhere]) }),
    { cause: 'not-listed', owners: [], names: ['127.0.0.1', 'WSAEACCES'] },
  ],
  'a listener at another address than the one that can be bound': [
    factsOf({ ...atLoopback(0), owners: known([elsewhere]), port: 50_000 }),
    {
      cause: 'free',
      bindable: true,
      owners: [],
      advice: [],
      names: ['127.0.0.1'],
    },
  ],
  'a listener over IPv4 beside an IPv6 address that can be bound': [
    factsOf({ host: '::1', bindTo: '::1', attempts: attempted(0, '::1'), owners: known([ownerOf()]) }),
    { cause: 'free', bindable: true, owners: [] },
  ],
  'a listener at the same address, with the zeros written out and a scope': [
    refusedFactsOf(10_048, {
      host: 'fe80:0::1',
      bindTo: 'fe80:0::1',
      attempts: attempted(10_048, 'fe80:0::1'),
      owners: known([ownerOf({ address: 'fe80::1%7' })]),
    }),
    { cause: 'in-use', certainty: 'certain', names: ['fe80::1%7'] },
  ],
};
