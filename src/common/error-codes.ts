// SPDX-License-Identifier: MIT

/** One Win32 or Winsock error: the number, what it means for a port reservation, and what to do about it. */
export interface ErrorRow {
  readonly errorNumber: number;
  readonly meaning: string;
  readonly hint: string;
}

/**
 * The one list of error codes. `code` of a PortReservationError is a key of it, or `WIN32_ERROR_<n>` for a number
 * without a row. Numbers from winerror.h and winsock2.h.
 */
export const errorCodes = {
  ERROR_ACCESS_DENIED: {
    errorNumber: 5,
    meaning: 'The process may not do this: it is not elevated.',
    hint: 'Do this in an elevated process: an installer, a service that runs as LocalSystem or as an administrator, or a shell opened with "Run as administrator".',
  },
  ERROR_SHARING_VIOLATION: {
    errorNumber: 32,
    meaning: 'Some port of the block is in use or already reserved.',
    hint: 'Look up the same block: it may be reserved already. If it is not, a port of it is in use or lies in another reservation: of another program, of Hyper-V or WSL, or excluded by an administrator (netsh int ipv4 show excludedportrange tcp).',
  },
  ERROR_INVALID_PARAMETER: {
    errorNumber: 87,
    meaning: 'The block is not a valid one.',
    hint: 'The first port and the number of ports must not be 0, and the block must end at 65535 or before.',
  },
  ERROR_NOT_FOUND: {
    errorNumber: 1168,
    meaning: 'No block has exactly this first port and number of ports.',
    hint: 'Use the very numbers that the block was created with; a part of a block cannot be looked up or deleted.',
  },
  WSA_OPERATION_ABORTED: {
    errorNumber: 995,
    meaning: 'The call was aborted because its socket was closed.',
    hint: 'Keep the socket open until the call has ended.',
  },
  WSAEACCES: {
    errorNumber: 10013,
    meaning: 'Access to the port or to the reservation is denied.',
    hint: 'The port is reserved or used by somebody else alone, or the process is not elevated.',
  },
  WSAEFAULT: {
    errorNumber: 10014,
    meaning: 'Windows could not read or write an argument of the call.',
    hint: 'This is a defect of win-port-reservation or of something that changed its memory; please report it.',
  },
  WSAEINVAL: {
    errorNumber: 10022,
    meaning: 'An argument is not valid for this socket in its present state.',
    hint: 'Associate once, before binding, with a token that is good here: a persistent token changes with each restart of Windows (look it up again), a runtime token works only in the process that acquired it.',
  },
  WSAEINPROGRESS: {
    errorNumber: 10036,
    meaning: 'Another call on this socket has not ended yet.',
    hint: 'Wait for the promise of the earlier call.',
  },
  WSAENOTSOCK: {
    errorNumber: 10038,
    meaning: 'There is no socket: it was closed or handed over.',
    hint: 'Open another socket.',
  },
  WSAEOPNOTSUPP: {
    errorNumber: 10045,
    meaning: 'The socket, or the system, does not support port reservations.',
    hint: 'Only TCP and UDP sockets can hold port reservations, and only on Windows proper (not in a UWP app).',
  },
  WSAEAFNOSUPPORT: {
    errorNumber: 10047,
    meaning: 'The address family is not available on this machine.',
    hint: 'IPv6 may be switched off: use family 4, or an IPv4 host.',
  },
  WSAEADDRINUSE: {
    errorNumber: 10048,
    meaning: 'A port is in use or already reserved.',
    hint: 'Choose another port or block, or leave the first port to Windows.',
  },
  WSAEADDRNOTAVAIL: {
    errorNumber: 10049,
    meaning: 'The address does not belong to this machine.',
    hint: 'Bind to an address of this machine, or leave the host out to listen on all of them.',
  },
  WSAENETDOWN: {
    errorNumber: 10050,
    meaning: 'The network subsystem has failed.',
    hint: 'Check that the TCP/IP stack of this machine is up, then try again.',
  },
  WSAENOBUFS: {
    errorNumber: 10055,
    meaning: 'No resources are left: no free run of ports is long enough, or the system is out of buffers.',
    hint: 'Ask for fewer ports, or free reservations that are no longer needed.',
  },
  E_ACCESSDENIED: {
    errorNumber: 0x80070005,
    meaning: 'The process may not ask for this: it is not elevated.',
    hint: 'Ask in an elevated process, for instance in a shell opened with "Run as administrator".',
  },
} as const satisfies Record<string, ErrorRow>;

/** The symbol of a Win32 or Winsock error that has a row in {@link errorCodes}. */
export type Win32ErrorCode = keyof typeof errorCodes;

const symbolOf = new Map<number, Win32ErrorCode>(
  (Object.keys(errorCodes) as Win32ErrorCode[]).map((symbol) => [errorCodes[symbol].errorNumber, symbol]),
);

/** The symbol for a number that Windows gave, if the table has it. */
export function findErrorCode(errorNumber: number): Win32ErrorCode | undefined {
  return symbolOf.get(errorNumber);
}
