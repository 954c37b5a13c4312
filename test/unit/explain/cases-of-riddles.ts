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

/** Ports that are refused without a reason in any list, or for a reason that is not the port. */
export const casesOfRiddles: Cases = {
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
  'nothing that is listed, the ports of guests included': [
    refusedFactsOf(10_013, { guests: known([]), elevated: known(true) }),
    {
      cause: 'not-listed',
      certainty: 'likely',
      sentence: /says why: it may be a socket that is bound and does not listen, or a driver\.$/,
    },
  ],
  'a network that has no buffers left': [
    refusedFactsOf(10_055),
    {
      cause: 'not-listed',
      certainty: 'possible',
      sentence: /^The network refused a bind to TCP port 3000 \(WSAENOBUFS\): that is not about the port\.$/,
      first: /^Try again later/,
    },
  ],
  'a network that is down, and a connection': [
    refusedFactsOf(10_050, { owners: known([ownerOf({ state: 'ESTAB' })]) }),
    {
      cause: 'not-listed',
      certainty: 'possible',
      owners: [],
      sentence: /\(WSAENETDOWN\): that is not about the port/,
      first: /^Try again later/,
    },
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
      sentence: /why could not be told, because the list of excluded ranges could not be read; most often Hyper-V/,
    },
  ],
  'no table to be read': [
    refusedFactsOf(10_013, { owners: unknown('no') }),
    { cause: 'not-listed', certainty: 'possible', sentence: /because the table of sockets could not be read\.$/ },
  ],
  'neither list nor table to be read': [
    refusedFactsOf(10_013, { ranges: unknown('no'), owners: unknown('no') }),
    {
      cause: 'not-listed',
      certainty: 'possible',
      sentence: /excluded ranges and the table of sockets could not be read; most/,
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
    {
      cause: 'not-listed',
      certainty: 'possible',
      bindable: false,
      sentence: /^Whether TCP port 3000 can be had could not be told/,
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
    {
      cause: 'not-elevated',
      certainty: 'possible',
      sentence: /persistent.*, and TCP port 3000 was refused although this process is elevated\.$/,
    },
  ],
  'a reservation, and nobody knows whether the process is elevated': [
    refusedFactsOf(10_013, {
      elevated: unknown('no addon'),
      refusal: { call: 'CreatePersistentTcpPortReservation', code: 'ERROR_ACCESS_DENIED', errorNumber: 5 },
    }),
    { cause: 'not-elevated', certainty: 'likely', sentence: /is most likely not elevated\.$/ },
  ],
  'an exclusion by a process that is not elevated': [
    refusedFactsOf(10_013, {
      refusal: { call: 'netsh interface ipv4 add excludedportrange', code: 'ERROR_ACCESS_DENIED', errorNumber: 5 },
    }),
    {
      cause: 'not-elevated',
      certainty: 'certain',
      sentence: /^Only an elevated process can create or delete an exclusion, and .* is not elevated\.$/,
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
      sentence: /an exclusion, and TCP port 3000 was refused although this process is elevated\.$/,
      first: /^See whether the range has a star/,
    },
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
      sentence: /^10\.1\.1\.1 is no address of this machine, so that TCP port 3000 cannot be bound there\.$/,
      first: /^Leave the host out/,
    },
  ],
  'a name that nobody knows': [
    refusedFactsOf(10_049, {
      host: 'nowhere',
      bindTo: 'nowhere',
      attempts: known([{ address: 'nowhere', call: 'getaddrinfo', lookupCode: 'ENOTFOUND' }]),
    }),
    { cause: 'address-not-available', certainty: 'certain', sentence: /^No address of nowhere was found/ },
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
      sentence: /^somewhere could not be looked up \(EAI_AGAIN\), so that TCP port 3000 cannot be bound there\.$/,
    },
  ],
  'an IPv6 address without IPv6': [
    refusedFactsOf(10_047, { bindTo: '::', attempts: attempted(10_047, '::') }),
    { cause: 'address-not-available', sentence: /^:: is an address of a family that this machine does not have/ },
  ],
};
