// SPDX-License-Identifier: MIT
import { errorCodes } from '../../common/error-codes.js';
import { outcome, refusal, rule } from './assumption.js';

/** Assumptions about creating, finding, listing and deleting reservations. */
export const reservationAssumptions = {
  checksArgumentsBeforeElevation: rule({
    value: true,
    statement: 'Create and Delete check their arguments first, and then the elevation of the process.',
    standsOn: 'order of the checks: both errors are documented, their order is not',
    probe: 'Create and delete a block of 0 ports in a process that is not elevated: 87 or 5?',
  }),
  createOverAdministeredExclusion: refusal({
    value: errorCodes.ERROR_SHARING_VIOLATION.errorNumber,
    statement: 'A persistent reservation cannot be created over an administered exclusion.',
    standsOn: 'create over an administered exclusion; HNS asking for such a port got 32 (docker/for-win#12251)',
    probe: 'Exclude a block with netsh, create a persistent reservation that overlaps it, and read the error.',
  }),
  createOverOtherReservation: refusal({
    value: errorCodes.ERROR_SHARING_VIOLATION.errorNumber,
    statement: 'A persistent reservation cannot be created over a foreign or a runtime reservation.',
    standsOn: 'error codes of Create: only ports in use and persistent reservations are documented',
    probe: 'Acquire a block on a socket, create a persistent reservation that overlaps it, and read the error.',
  }),
  createOverUnlistedReservation: outcome({
    value: errorCodes.ERROR_SHARING_VIOLATION.errorNumber,
    statement: 'A persistent reservation cannot be created over a reservation that no list shows.',
    standsOn: 'WSL mirrored networking; excluding ports on top of it succeeds (httptoolkit/httptoolkit#611)',
    probe: 'With a mirrored WSL running, create a persistent reservation where binds fail but nothing is listed.',
  }),
  lookupFindsAdministeredExclusion: rule({
    value: false,
    statement: 'Lookup finds an administered exclusion of the same ports and gives a token for it.',
    standsOn:
      'lookup on an administered exclusion: one program calls persistent reservations excluded ranges, which suggests one ' +
      'table (heedaily/ExcludedPortRange); plain binds work in the one and fail in the other, which suggests two',
    probe: 'Exclude a block with netsh, look up the same start and number of ports, and associate with the token.',
  }),
  deleteRemovesAdministeredExclusion: rule({
    value: false,
    statement: 'Delete removes an administered exclusion of the same ports.',
    standsOn:
      'delete on an administered exclusion: as for the lookup; that program is not known to delete exclusions of netsh',
    probe: 'Exclude a block with netsh, delete it as a persistent reservation, and list the excluded ranges.',
  }),
  deleteWhileBound: outcome({
    value: 0,
    statement: 'A persistent reservation can be deleted while sockets are bound inside it.',
    standsOn: 'error codes of Delete: none is documented for ports in use',
    probe: 'Bind an associated socket inside a persistent reservation, delete the reservation, and read the error.',
  }),
  netshDeletesPersistentReservation: rule({
    value: false,
    statement: 'netsh delete excludedportrange removes a persistent reservation of the same ports.',
    standsOn:
      'netsh delete on an API reservation; rows without a star stayed, but one disappeared although netsh said ' +
      '"Access is denied" (docker/for-win#3171)',
    probe: 'Create a persistent reservation, delete the same range with netsh, and look the reservation up.',
  }),
  deleteUnknownExclusion: refusal({
    value: errorCodes.ERROR_NOT_FOUND.errorNumber,
    statement: 'netsh delete excludedportrange fails for ports that are not exactly one row.',
    standsOn:
      'netsh delete of a range that was never excluded: no report names its error; Delete of the API gives 1168',
    probe: 'Delete a range that was never excluded with netsh and read its message.',
  }),
  deleteUnstarredExclusion: refusal({
    value: errorCodes.ERROR_ACCESS_DENIED.errorNumber,
    statement: 'netsh delete excludedportrange is denied for a row without a star, even to an elevated process.',
    standsOn: 'netsh delete of a row without a star: "Access is denied", reported once (docker/for-win#3171)',
    probe: 'Delete, with netsh and elevated, the row of a runtime reservation and read its message.',
  }),
  excludeOverReservation: refusal({
    value: errorCodes.ERROR_SHARING_VIOLATION.errorNumber,
    statement: 'netsh add excludedportrange fails over every kind of listed reservation.',
    standsOn: 'the recipe of docker/for-win#3171 stops WinNAT before it excludes; the error is known for ports in use',
    probe: 'Exclude, with netsh, ports of a foreign, a persistent and a runtime reservation and read the messages.',
  }),
  listsPersistentReservations: rule({
    value: true,
    statement: 'netsh lists persistent reservations among the excluded port ranges.',
    standsOn:
      'row of a persistent reservation in the list of excluded ranges; a program made to manage that list calls the ' +
      'functions for persistent reservations (heedaily/ExcludedPortRange)',
    probe: 'Create a persistent reservation and list the excluded ranges of ipv4 and ipv6, active and persistent.',
  }),
  starsPersistentReservations: rule({
    value: false,
    statement: 'netsh marks the row of a persistent reservation with a star, as it does an administered exclusion.',
    standsOn:
      'star on the row of a persistent reservation: Exchange reserves ports in this way, and no public list shows their row',
    probe: 'Create a persistent reservation and look for a star on its row of the excluded ranges.',
  }),
  listsRuntimeReservations: rule({
    value: true,
    statement: 'netsh lists runtime reservations among the excluded port ranges.',
    standsOn:
      'row of a runtime reservation in the list of excluded ranges; the reservation of HNS has one (docker/for-win#1707)',
    probe: 'Acquire a block on a socket and list the excluded ranges of ipv4 and ipv6 while it is open.',
  }),
  starsRuntimeReservations: rule({
    value: false,
    statement: 'netsh marks the row of a runtime reservation with a star.',
    standsOn: 'star on the row of a runtime reservation; the row of HNS has none (docker/for-win#1707)',
    probe: 'Acquire a block on a socket and look for a star on its row of the excluded ranges.',
  }),
  acquireOverPersistentReservation: refusal({
    value: errorCodes.WSAEADDRINUSE.errorNumber,
    statement: 'A block cannot be acquired over a persistent reservation.',
    standsOn:
      'acquire over a persistent reservation; over an administered exclusion it is 10048 (microsoft/msquic#2891)',
    probe: 'Create a persistent reservation, acquire ports of it on a socket, and read WSAGetLastError.',
  }),
  acquireOverForeignReservation: refusal({
    value: errorCodes.WSAEADDRINUSE.errorNumber,
    statement: 'A block cannot be acquired over a foreign reservation.',
    standsOn: 'acquire over ports of WinNAT, HNS or http.sys; over a runtime reservation 10048 (microsoft/msquic#5795)',
    probe: 'Acquire ports of a row without a star that no process of the run made, and read WSAGetLastError.',
  }),
  acquireOverUnlistedReservation: outcome({
    value: errorCodes.WSAEADDRINUSE.errorNumber,
    statement: 'A block cannot be acquired over a reservation that no list shows.',
    standsOn: 'WSL mirrored networking; excluding ports on top of it succeeds (httptoolkit/httptoolkit#611)',
    probe: 'With a mirrored WSL running, acquire ports where binds fail but nothing is listed.',
  }),
  acquireInvalidBlock: refusal({
    value: errorCodes.WSAEINVAL.errorNumber,
    statement: 'A block of 0 ports, or a block that runs past port 65535, cannot be acquired.',
    standsOn: 'count 0 and blocks past the last port: not in the documentation of SIO_ACQUIRE_PORT_RESERVATION',
    probe: 'Acquire 0 ports, with and without a start port, and 2 ports from 65535, and read WSAGetLastError.',
  }),
  acquireWithoutFreeRun: refusal({
    value: errorCodes.WSAENOBUFS.errorNumber,
    statement: 'Acquiring with start port 0 fails if the dynamic range has no free run that is long enough.',
    standsOn: 'large wildcard blocks: contiguity seems to be the only limit; the error could also be 10048',
    probe:
      'Acquire wildcard blocks of 1, 64, 1000, 4096 and 20000 ports and read WSAGetLastError of the first to fail.',
  }),
  acquireAfterBind: outcome({
    value: 0,
    statement: 'A bound socket can acquire a block.',
    standsOn: 'order of acquire and bind: only ASSOCIATE is documented to need an unbound socket',
    probe: 'Bind a socket, then acquire a block on it.',
  }),
  guestPortReservationsAreEnumerated: rule({
    value: true,
    statement: 'HcnEnumerateGuestNetworkPortReservations lists the ports that WSL mirrored networking holds.',
    standsOn: 'WSL reserves them with HcnReserveGuestNetworkServicePortRange, a function of the same family',
    probe: 'With a mirrored WSL running, enumerate, and compare with the ports where binds fail but nothing is listed.',
  }),
  guestPortReservationsUnelevated: outcome({
    value: errorCodes.E_ACCESSDENIED.errorNumber,
    statement: 'HcnEnumerateGuestNetworkPortReservations refuses processes that are not elevated.',
    standsOn: 'the functions of computenetwork.dll are for administrators; nothing is documented about this function',
    probe: 'Enumerate in a process that is not elevated, and read the HRESULT.',
  }),
} as const;
