// SPDX-License-Identifier: MIT
// The answers to expect from Windows where no public evidence settles them. A simulated machine tells its assumptions.
// Windows itself may give any answer that its documentation allows; the probes (test/windows/probes.mjs) report which
// one it gave.
import { expect } from 'vitest';
import {
  errorCodes,
  PortReservationError,
  type PortReservationErrorDetails,
  type Protocol,
} from 'win-port-reservation';
import { assumptions, type AssumptionName, type Assumptions } from '../../dist/simulator/index.js';
import { bindElsewhere, expectFailure, outcomeOf, savedMachine } from './ring.js';

/**
 * The error numbers that Windows documents for the ioctls and for bind, without those that mean that the test is wrong.
 */
const documented: readonly number[] = [
  errorCodes.WSAEACCES,
  errorCodes.WSAEINVAL,
  errorCodes.WSAEOPNOTSUPP,
  errorCodes.WSAEAFNOSUPPORT,
  errorCodes.WSAEADDRINUSE,
  errorCodes.WSAEADDRNOTAVAIL,
  errorCodes.WSAENOBUFS,
  errorCodes.ERROR_ACCESS_DENIED,
  errorCodes.ERROR_SHARING_VIOLATION,
  errorCodes.ERROR_INVALID_PARAMETER,
  errorCodes.ERROR_NOT_FOUND,
].map(({ errorNumber }) => errorNumber);

/** Returns the machine's value for an assumption; undefined on Windows. */
export async function assumed<Name extends AssumptionName>(name: Name): Promise<Assumptions[Name] | undefined> {
  const saved = await savedMachine();
  return saved && (saved.assumptions[name] ?? (assumptions[name].value as Assumptions[Name]));
}

/**
 * Waits for a call to end as the assumption says.
 *
 * @param details - The expected properties of the error, if there is one.
 * @returns The error, or undefined if the call succeeded.
 */
export async function expectAssumed(
  call: Promise<unknown>,
  name: AssumptionName,
  details: Partial<PortReservationErrorDetails> = {},
): Promise<PortReservationError | undefined> {
  // The call is already under way and may be refused while the machine is asked.
  call.catch(() => undefined);
  const errno = await assumed(name);
  if (errno === 0) {
    await call;
    return undefined;
  }
  if (typeof errno === 'number') return expectFailure(call, { errno, ...details });
  const outcome = await outcomeOf(call);
  if (outcome === 0 && assumptions[name].kind === 'outcome') return undefined;
  expect(documented).toContain(outcome);
  return expectFailure(call, details);
}

/** Checks that an ordinary IPv4 bind of another process ends as the assumption says, which is usually a refusal. */
export async function expectKeptOut(protocol: Protocol, port: number, name: AssumptionName): Promise<void> {
  const isForIpv6Alone =
    (await familyOfOwner(protocol, port)) === 6 && !(await assumed('reservationsCoverBothFamilies'));
  expect(await bindElsewhere(protocol, port)).toMatch(isForIpv6Alone ? /^bound$/ : await refusalOfBind(name));
}

/** Gets the family of the socket that acquired the block with a port, if there is one and the machine tells. */
async function familyOfOwner(protocol: Protocol, port: number): Promise<number | undefined> {
  const saved = await savedMachine();
  const block = saved?.reservations.find(
    (each) => each.protocol === protocol && each.startPort <= port && port < each.startPort + each.numberOfPorts,
  );
  return saved?.sockets.find(({ id }) => id === block?.owner)?.family;
}

/** Returns the code that Node gives to a bind that ends as the assumption says. */
export async function refusalOfBind(name: AssumptionName): Promise<RegExp> {
  const errno = await assumed(name);
  // Both have been observed. Whether Windows refuses the process that has the reservation is unknown.
  if (errno === undefined && name === 'bindInsideOwnRuntimeReservation') return /^(?:bound|EACCES|EADDRINUSE)$/;
  if (errno === undefined) return /^E(?:ACCES|ADDRINUSE)$/;
  const { WSAEACCES, WSAEADDRINUSE } = errorCodes;
  const known = new Map<unknown, RegExp>([
    // If the reservation is not in the way, a socket inside may be.
    [0, /^(?:bound|EADDRINUSE)$/],
    [WSAEACCES.errorNumber, /^EACCES$/],
    [WSAEADDRINUSE.errorNumber, /^EADDRINUSE$/],
  ]);
  return known.get(errno) ?? /^E[A-Z]+$/;
}

/** Returns the code of this package's error for a call that ends as the assumption says. */
export async function refusalOfCall(name: AssumptionName): Promise<RegExp> {
  const errno = await assumed(name);
  const [code] = Object.entries(errorCodes).find(([, { errorNumber }]) => errorNumber === errno) ?? [];
  return code === undefined ? /^(?:ERROR_|WSA)/ : new RegExp(`^${code}$`);
}
