// SPDX-License-Identifier: MIT
import { errorCodes } from '../common/error-codes.js';

/**
 * Tries a call in both families of addresses the way a server of Node without a host is bound: on an IPv6 socket, which takes
 * both, and on an IPv4 socket where that fails at once, whatever the reason. So a machine without IPv6 needs no rule of
 * its own, and the outcome of IPv4 is the one to report. WSAEADDRINUSE is final: libuv keeps it back until listen(), when
 * it is too late for another family.
 *
 * @param attempt - Makes the call; a failure has the `errorNumber` of Windows.
 */
export async function inBothFamilies<Outcome extends object>(
  attempt: (family: 4 | 6) => Promise<Outcome>,
): Promise<Outcome> {
  const outcome = await attempt(6);
  const errorNumber = 'errorNumber' in outcome ? outcome.errorNumber : 0;
  return errorNumber === 0 || errorNumber === errorCodes.WSAEADDRINUSE.errorNumber ? outcome : attempt(4);
}
