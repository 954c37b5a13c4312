// SPDX-License-Identifier: MIT
import { errorCodes } from '../common/error-codes.js';

/**
 * Tries a call in both address families, as Node binds a server without a host: first on an IPv6 socket, which takes both
 * families, then on an IPv4 socket if the first attempt fails for any reason. A machine without IPv6 therefore needs no
 * rule of its own, and the outcome of IPv4 is the one to report. WSAEADDRINUSE is final, because libuv reports it only in
 * listen(), too late for another family.
 *
 * @param attempt - Makes the call; a failure carries the `errorNumber` of Windows.
 */
export async function inBothFamilies<Outcome extends object>(
  attempt: (family: 4 | 6) => Promise<Outcome>,
): Promise<Outcome> {
  const outcome = await attempt(6);
  const errorNumber = 'errorNumber' in outcome ? outcome.errorNumber : 0;
  return errorNumber === 0 || errorNumber === errorCodes.WSAEADDRINUSE.errorNumber ? outcome : attempt(4);
}
