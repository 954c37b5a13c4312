// SPDX-License-Identifier: MIT
import {
  administered,
  attempted,
  eacces,
  eaddrinuse,
  known,
  ownerOf,
  refusedFactsOf,
  unknown,
  winnat,
  type Cases,
} from './facts-of.js';

/** Cases of ports that are refused without a reason in any list, or for a reason other than the port. */
export const casesOfRiddles: Cases = {
  'nothing that is listed, and 10013': [
    refusedFactsOf(10_013),
    {
      cause: 'not-listed',
      certainty: 'likely',
      names: ['WSAEACCES', 'WSL'],
    },
  ],
  'nothing that is listed, and 10048': [
    refusedFactsOf(10_048),
    { cause: 'not-listed', certainty: 'likely', names: ['WSAEADDRINUSE', 'WSL'] },
  ],
  'nothing that is listed, but an exclusion on top of it': [
    refusedFactsOf(10_013, { ranges: known([administered]) }),
    { cause: 'not-listed', range: administered },
  ],
  'nothing that is listed, the ports of guests included': [
    refusedFactsOf(10_013, { guests: known([]), elevated: known(true) }),
    {
      cause: 'not-listed',
      certainty: 'likely',
      names: ['WSAEACCES'],
    },
  ],
  'nothing that is listed, on a Windows that does not list guests': [
    refusedFactsOf(10_013, { guests: known(undefined) }),
    { cause: 'not-listed', certainty: 'likely', names: ['WSAEACCES', 'WSL'] },
  ],
  'a network that has no buffers left': [
    refusedFactsOf(10_055),
    {
      cause: 'not-listed',
      certainty: 'possible',
      names: ['WSAENOBUFS'],
      first: { runs: [], elevated: false },
    },
  ],
  'a network that is down, and a connection': [
    refusedFactsOf(10_050, { owners: known([ownerOf({ state: 'ESTAB' })]) }),
    {
      cause: 'not-listed',
      certainty: 'possible',
      owners: [],
      names: ['WSAENETDOWN'],
      first: { runs: [], elevated: false },
    },
  ],
  'a range that does not have the port': [
    refusedFactsOf(10_013, { port: 3069, ranges: known([winnat]) }),
    { cause: 'not-listed' },
  ],
  'no list to be read': [
    refusedFactsOf(10_013, { ranges: unknown('netsh did not end in time.') }),
    {
      cause: 'not-listed',
      certainty: 'possible',
    },
  ],
  'no table to be read': [
    refusedFactsOf(10_013, { owners: unknown('no') }),
    { cause: 'not-listed', certainty: 'possible' },
  ],
  'neither list nor table to be read': [
    refusedFactsOf(10_013, { ranges: unknown('no'), owners: unknown('no') }),
    {
      cause: 'not-listed',
      certainty: 'possible',
    },
  ],
  'an error, where no bind can be tried': [
    refusedFactsOf(10_013, {
      attempts: unknown('no addon'),
      owners: unknown('no addon'),
      refusal: eacces,
      ranges: known([winnat]),
    }),
    { cause: 'foreign-range', bindable: false, holder: 'winnat' },
  ],
  'an error of a port in use, where no bind can be tried': [
    refusedFactsOf(10_013, { attempts: unknown('no addon'), owners: unknown('no addon'), refusal: eaddrinuse }),
    { cause: 'in-use', certainty: 'likely', owners: [] },
  ],
  'neither a bind nor an error': [
    refusedFactsOf(10_013, { attempts: unknown('There was no answer in 2500 ms.') }),
    {
      cause: 'not-listed',
      certainty: 'possible',
      bindable: false,
    },
  ],
  'a token in a process that is not elevated': [
    refusedFactsOf(10_013, {
      attempts: unknown('no'),
      refusal: { call: 'WSAIoctl(SIO_ASSOCIATE_PORT_RESERVATION)', code: 'WSAEACCES', errorNumber: 10_013 },
    }),
    {
      cause: 'not-elevated',
      certainty: 'certain',

      first: { runs: [], elevated: true },
    },
  ],
  'the same of a port that Windows would choose': [
    refusedFactsOf(10_013, {
      port: 0,
      attempts: unknown('no'),
      refusal: { call: 'WSAIoctl(SIO_ASSOCIATE_PORT_RESERVATION)', code: 'WSAEACCES', errorNumber: 10_013 },
    }),
    { cause: 'not-elevated', port: 0 },
  ],
  'a reservation by a process that is not elevated': [
    refusedFactsOf(10_013, {
      refusal: { call: 'CreatePersistentTcpPortReservation', code: 'ERROR_ACCESS_DENIED', errorNumber: 5 },
    }),
    { cause: 'not-elevated' },
  ],
  'a token that is refused though the process is elevated': [
    refusedFactsOf(10_013, {
      elevated: known(true),
      refusal: { call: 'WSAIoctl(SIO_ASSOCIATE_PORT_RESERVATION)', code: 'WSAEACCES', errorNumber: 10_013 },
    }),
    {
      cause: 'not-elevated',
      certainty: 'possible',
    },
  ],
  'a reservation, and nobody knows whether the process is elevated': [
    refusedFactsOf(10_013, {
      elevated: unknown('no addon'),
      refusal: { call: 'CreatePersistentTcpPortReservation', code: 'ERROR_ACCESS_DENIED', errorNumber: 5 },
    }),
    { cause: 'not-elevated', certainty: 'likely' },
  ],
  'an exclusion by a process that is not elevated': [
    refusedFactsOf(10_013, {
      refusal: { call: 'netsh interface ipv4 add excludedportrange', code: 'ERROR_ACCESS_DENIED', errorNumber: 5 },
    }),
    {
      cause: 'not-elevated',
      certainty: 'certain',
    },
  ],
  'a range without a star that an elevated process deletes as an exclusion': [
    refusedFactsOf(10_013, {
      elevated: known(true),
      refusal: { call: 'netsh interface ipv4 delete excludedportrange', code: 'ERROR_ACCESS_DENIED', errorNumber: 5 },
    }),
    {
      cause: 'not-elevated',
      certainty: 'possible',

      first: { runs: ['netsh int ipv4 show excludedportrange protocol=tcp'] },
    },
  ],
  'a low port of another system': [
    refusedFactsOf(10_013, { port: 80, platform: 'linux' }),
    { cause: 'privileged-port', certainty: 'likely', names: ['linux'] },
  ],
  'a low port of Windows': [refusedFactsOf(10_013, { port: 80 }), { cause: 'not-listed', names: ['WSAEACCES'] }],
  'an address of another machine': [
    refusedFactsOf(10_049, { host: '10.1.1.1', bindTo: '10.1.1.1', attempts: attempted(10_049, '10.1.1.1') }),
    {
      cause: 'address-not-available',
      certainty: 'certain',
      names: ['10.1.1.1'],
      first: { runs: ['ipconfig'] },
    },
  ],
  'a name that nobody knows': [
    refusedFactsOf(10_049, {
      host: 'nowhere',
      bindTo: 'nowhere',
      attempts: known([{ address: 'nowhere', call: 'getaddrinfo', lookupCode: 'ENOTFOUND' }]),
    }),
    { cause: 'address-not-available', certainty: 'certain', names: ['nowhere'] },
  ],
  'a name that could not be looked up': [
    refusedFactsOf(10_049, {
      host: 'somewhere',
      bindTo: 'somewhere',
      attempts: known([{ address: 'somewhere', call: 'getaddrinfo', lookupCode: 'EAI_AGAIN' }]),
    }),
    {
      cause: 'address-not-available',
      certainty: 'possible',
      names: ['somewhere', 'EAI_AGAIN'],
    },
  ],
  'an IPv6 address without IPv6': [
    refusedFactsOf(10_047, { bindTo: '::', attempts: attempted(10_047, '::') }),
    { cause: 'address-not-available', names: ['::'] },
  ],
};
