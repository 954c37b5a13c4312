// SPDX-License-Identifier: MIT

/** Describes one Win32 or Winsock error: its number, its meaning for the calls of this package, and how to mend it. */
export interface ErrorRow {
  readonly errorNumber: number;
  readonly meaning: string;
  readonly hint: string;
}

/**
 * Lists the error codes; no other list exists. The `code` of a PortReservationError is a key of this table, or
 * `WIN32_ERROR_<n>` for a number without a row. The numbers come from winerror.h and winsock2.h.
 */
export const errorCodes = {
  ERROR_ACCESS_DENIED: {
    errorNumber: 5,
    meaning: 'Windows denied the call: it needs an elevated process.',
    hint: 'Do this in an elevated process: an installer, a service that runs as LocalSystem or as an administrator, or a shell opened with "Run as administrator".',
  },
  ERROR_SHARING_VIOLATION: {
    errorNumber: 32,
    meaning: 'A port of the block is in use or already reserved.',
    hint: 'Look up the same block: it may already be reserved. If it is not, a socket uses one of its ports, or something else overlaps it: a reservation of another program, of Hyper-V or of WSL, or an exclusion of an administrator (netsh int ipv4 show excludedportrange tcp).',
  },
  ERROR_INVALID_PARAMETER: {
    errorNumber: 87,
    meaning: 'Windows does not accept an argument of the call.',
    hint: 'The first port and the number of ports must be at least 1, and the block must end at port 65535 or below.',
  },
  ERROR_NOT_FOUND: {
    errorNumber: 1168,
    meaning: 'No block starts at this port with exactly this number of ports.',
    hint: 'Use exactly the numbers that the block was created with: Windows cannot look up or delete a part of a block. "win-port-reservation list" lists the blocks.',
  },
  ERROR_CANCELLED: {
    errorNumber: 1223,
    meaning: 'The user declined.',
    hint: 'Windows asked for elevation, and the answer was no. Run it again and choose Yes, or run it in an elevated shell.',
  },
  ERROR_DEPENDENT_SERVICES_RUNNING: {
    errorNumber: 1051,
    meaning: 'Other services that depend on this one are running.',
    hint: 'Stop the services that depend on it first: "sc enumdepend" followed by its name lists them.',
  },
  ERROR_INVALID_SERVICE_CONTROL: {
    errorNumber: 1052,
    meaning: 'The service does not accept this control.',
    hint: 'Windows does not let this service be stopped while it runs: use another port, or try again after a restart of Windows.',
  },
  ERROR_SERVICE_REQUEST_TIMEOUT: {
    errorNumber: 1053,
    meaning: 'The service did not respond in time.',
    hint: 'Ask for the state of the service, "sc query" and its name: it may still start or stop. If it does not, restart Windows.',
  },
  ERROR_SERVICE_ALREADY_RUNNING: {
    errorNumber: 1056,
    meaning: 'The service is already running.',
    hint: 'There is nothing to start.',
  },
  ERROR_SERVICE_DISABLED: {
    errorNumber: 1058,
    meaning: 'The service is disabled, or no device that it needs is enabled.',
    hint: 'Ask the administrator of this machine why the service is disabled. Set its start type to manual to let it start.',
  },
  ERROR_SERVICE_DOES_NOT_EXIST: {
    errorNumber: 1060,
    meaning: 'This Windows has no service with this name.',
    hint: 'Give the name of the service as "sc query" prints it, not its display name. WinNAT exists only where Hyper-V, WSL or containers are installed.',
  },
  ERROR_SERVICE_CANNOT_ACCEPT_CTRL: {
    errorNumber: 1061,
    meaning: 'The service cannot accept controls now.',
    hint: 'The service is starting or stopping: wait until it has finished, then try again.',
  },
  ERROR_SERVICE_NOT_ACTIVE: {
    errorNumber: 1062,
    meaning: 'The service is not running.',
    hint: 'There is nothing to stop.',
  },
  ERROR_SERVICE_SPECIFIC_ERROR: {
    errorNumber: 1066,
    meaning: 'The service ended with an error of its own.',
    hint: 'Look for the service in the system log of the Event Viewer.',
  },
  ERROR_PROCESS_ABORTED: {
    errorNumber: 1067,
    meaning: 'The process of the service ended unexpectedly.',
    hint: 'Look for the service in the system log of the Event Viewer.',
  },
  ERROR_SERVICE_DEPENDENCY_FAIL: {
    errorNumber: 1068,
    meaning: 'A service that this one depends on could not be started.',
    hint: 'Start the services that it depends on first: "sc qc" followed by its name lists them.',
  },
  ERROR_SERVICE_MARKED_FOR_DELETE: {
    errorNumber: 1072,
    meaning: 'The service is being deleted.',
    hint: 'Close the programs that still hold the service open, for instance the Services window, or restart Windows.',
  },
  ERROR_SHUTDOWN_IN_PROGRESS: {
    errorNumber: 1115,
    meaning: 'Windows is shutting down.',
    hint: 'Try again after Windows has restarted.',
  },
  WSA_OPERATION_ABORTED: {
    errorNumber: 995,
    meaning: 'The call was aborted because its socket was closed.',
    hint: 'Keep the socket open until the call has finished.',
  },
  WSAEACCES: {
    errorNumber: 10013,
    meaning: 'Windows denied access to the port or to the reservation.',
    hint: 'The port is reserved, another program uses it exclusively, or this process is not elevated. "win-port-reservation explain" and the port says which.',
  },
  WSAEFAULT: {
    errorNumber: 10014,
    meaning: 'Windows could not read or write an argument of the call.',
    hint: 'This is a bug in win-port-reservation, or other code of the program overwrote its memory; please report it.',
  },
  WSAEINVAL: {
    errorNumber: 10022,
    meaning: 'An argument is not valid for this socket in its current state.',
    hint: 'Associate the socket once, before it is bound, and with a token that is valid here. The token of a persistent reservation changes with each restart of Windows: look it up at each start. A runtime token works only in the process that acquired it, until it is released.',
  },
  WSAEINPROGRESS: {
    errorNumber: 10036,
    meaning: 'An earlier call on this socket is still running.',
    hint: 'Await the promise of the earlier call first.',
  },
  WSAENOTSOCK: {
    errorNumber: 10038,
    meaning: 'The socket is gone: it was closed or handed over.',
    hint: 'Open a new socket.',
  },
  WSAEOPNOTSUPP: {
    errorNumber: 10045,
    meaning: 'This socket or this system does not support port reservations.',
    hint: 'Only TCP and UDP sockets can hold port reservations, and only on Windows itself: Wine refuses them, and UWP apps may not use them.',
  },
  WSAEAFNOSUPPORT: {
    errorNumber: 10047,
    meaning: 'This machine does not have the address family.',
    hint: 'IPv6 may be switched off: use family 4 or an IPv4 host.',
  },
  WSAEADDRINUSE: {
    errorNumber: 10048,
    meaning: 'A port is in use or already reserved.',
    hint: 'Choose another port or block, or let Windows choose the first port.',
  },
  WSAEADDRNOTAVAIL: {
    errorNumber: 10049,
    meaning: 'The address does not belong to this machine.',
    hint: 'Bind to an address of this machine, or omit the host to listen on all of them.',
  },
  WSAENETDOWN: {
    errorNumber: 10050,
    meaning: 'The network subsystem has failed.',
    hint: 'Check that this machine has a network adapter that is switched on (ipconfig), then try again; if it fails again, restart Windows.',
  },
  WSAENOBUFS: {
    errorNumber: 10055,
    meaning: 'No free port or block of this size is left, or Windows is out of buffers.',
    hint: 'Ask for fewer ports, close sockets or release reservations that are no longer needed, then try again.',
  },
  E_ACCESSDENIED: {
    errorNumber: 0x80070005,
    meaning: 'Windows denied the query: it needs an elevated process.',
    hint: 'Ask again in an elevated process, for instance in a shell opened with "Run as administrator".',
  },
} as const satisfies Record<string, ErrorRow>;

/** Names a Win32 or Winsock error that has a row in {@link errorCodes}. */
export type Win32ErrorCode = keyof typeof errorCodes;

/** Finds the symbol of a number that Windows gave; undefined where the table has no row for it. */
export function findErrorCode(errorNumber: number): Win32ErrorCode | undefined {
  const symbols = Object.keys(errorCodes) as Win32ErrorCode[];
  return symbols.find((symbol) => errorCodes[symbol].errorNumber === errorNumber);
}
