// SPDX-License-Identifier: MIT
import { errorCodes, type Win32ErrorCode } from './error-codes.js';

const listing = 'netsh int ipv4 show excludedportrange tcp (or udp)';

/** Lists the hints that depend on the call as well as on the error. A row matches every call that begins with its name. */
const hintsOfCalls: readonly (readonly [call: string, code: Win32ErrorCode, hint: string])[] = [
  [
    'WSAIoctl(SIO_ACQUIRE',
    'WSAEADDRINUSE',
    `A port of the block is in use, reserved or excluded (${listing}); an exclusion by an administrator blocks a reservation too. Choose another block, or let Windows choose the first port.`,
  ],
  [
    'WSAIoctl(SIO_ACQUIRE',
    'WSAENOBUFS',
    'No free block is that long: ask for fewer ports, name the first port, or release reservations that are no longer needed.',
  ],
  [
    'WSAIoctl(SIO_ASSOCIATE',
    'WSAEINVAL',
    'No reservation that this process may use has this token, or the socket is already bound or associated. The token of a persistent reservation changes with each restart of Windows: look it up at each start. A runtime token works only in the process that acquired it, until it is released.',
  ],
  [
    'WSAIoctl(SIO_ASSOCIATE',
    'WSAEACCES',
    'The token of a persistent reservation works only in an elevated process. Run this process elevated, or use a runtime reservation.',
  ],
  [
    'WSAIoctl(SIO_RELEASE',
    'WSAEINVAL',
    'Only the token of a runtime reservation of this process can be released, and only once.',
  ],
  [
    'bind',
    'WSAEINVAL',
    'The port lies outside the reservation, the reservation has ended, or the socket is already bound. Bind a new socket, to port 0 or to a port of the block.',
  ],
  [
    'bind',
    'WSAEACCES',
    `The port belongs to another reservation (${listing}), or a program uses it exclusively (netstat -ano). Some reservations appear in no list, for example those of WSL.`,
  ],
  [
    'bind',
    'WSAEADDRINUSE',
    'Another socket uses the port (netstat -ano shows which process): choose another port of the reservation, or let Windows choose one. WSL also refuses ports with this error, and no list shows those ports.',
  ],
  [
    'bind',
    'WSAENOBUFS',
    'Every port of the reservation is in use: close a socket that is bound inside it, or reserve a larger block.',
  ],
  [
    'OpenProcess',
    'ERROR_INVALID_PARAMETER',
    'The process has ended; another one may have its id by now. List the processes again.',
  ],
  [
    'OpenProcess',
    'ERROR_ACCESS_DENIED',
    'The process is elevated, belongs to another user, or is protected by Windows. Do this in an elevated process.',
  ],
];

/** Finds the hint for an error of a call: that of the call where there is one, otherwise that of the error. */
export function hintOf(call: string, code: Win32ErrorCode): string {
  const own = hintsOfCalls.find(([name, hintedCode]) => call.startsWith(name) && hintedCode === code);
  return own ? own[2] : errorCodes[code].hint;
}
