// SPDX-License-Identifier: MIT
import { errorCodes, type Win32ErrorCode } from './error-codes.js';

const listing = 'netsh int ipv4 show excludedportrange tcp (or udp)';

/** Where what to do depends on the call as well as on the error. The calls are matched by how their names begin. */
const hintsOfCalls: readonly (readonly [call: string, code: Win32ErrorCode, hint: string])[] = [
  [
    'WSAIoctl(SIO_ACQUIRE',
    'WSAEADDRINUSE',
    `A port of the block is in use, reserved or excluded (${listing}); an exclusion that an administrator made is in the way too. Choose another block, or leave the first port to Windows.`,
  ],
  [
    'WSAIoctl(SIO_ACQUIRE',
    'WSAENOBUFS',
    'No run of free ports is that long: ask for fewer ports, name the first port, or free reservations that are no longer needed.',
  ],
  [
    'WSAIoctl(SIO_ASSOCIATE',
    'WSAEACCES',
    'The token of a persistent reservation works in elevated processes only. Run this process elevated, or use a runtime reservation.',
  ],
  [
    'WSAIoctl(SIO_RELEASE',
    'WSAEINVAL',
    'Only the token of a runtime reservation of this process can be released, and only once.',
  ],
  [
    'bind',
    'WSAEINVAL',
    'The port lies outside the reservation, the reservation has ended, or the socket is bound already.',
  ],
  [
    'bind',
    'WSAEACCES',
    `The port is reserved by somebody else (${listing}), or a program has it for itself alone (netstat -ano); some reservations, those of WSL among them, are in no list.`,
  ],
  [
    'bind',
    'WSAEADDRINUSE',
    'Another socket has the port (netstat -ano shows whose): choose another port of the reservation, or leave the choice to Windows. WSL refuses ports with this error too, without being in any list.',
  ],
  [
    'bind',
    'WSAENOBUFS',
    'Every port of the reservation is in use: close a socket that is bound inside it, or reserve a larger block.',
  ],
];

/** What to do about an error of a call. */
export function hintOf(call: string, code: Win32ErrorCode): string {
  const own = hintsOfCalls.find(([name, hintedCode]) => call.startsWith(name) && hintedCode === code);
  return own ? own[2] : errorCodes[code].hint;
}
