// SPDX-License-Identifier: MIT
import { builtin } from './builtin.js';
import { maxPort } from './port-ranges.js';
import type { PortBlock, PortRange, Protocol } from './ports.js';
import { printable } from './printable.js';

const maxToken = 0xffff_ffff_ffff_ffffn;

type CodedError<Base extends Error> = Base & { code: string };

/** Makes the error for a value of the wrong type: it names the parameter, the expected type and the value. */
export function invalidType(name: string, expected: string, value: unknown): CodedError<TypeError> {
  const error = new TypeError(`"${name}" must be ${expected}; received ${describe(value)}`);
  return Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' });
}

/** Makes the error for a value of the right type that is too small, too large or not an integer. */
export function outOfRange(name: string, expected: string, value: unknown): CodedError<RangeError> {
  const error = new RangeError(`"${name}" must be ${expected}; received ${describe(value)}`);
  return Object.assign(error, { code: 'ERR_OUT_OF_RANGE' });
}

const maxLength = 120;

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  const text = inspect(value);
  return typeof value === 'object' || typeof value === 'function' ? text : `${text} (${typeof value})`;
}

/** Shows a value on one line. It ignores an object's own `inspect`, which might return megabytes or throw. */
function inspect(value: unknown): string {
  const options = { customInspect: false, depth: 0, maxStringLength: 60, maxArrayLength: 6, breakLength: Infinity };
  let inspected;
  try {
    inspected = builtin.util.inspect(value, options);
  } catch {
    return `${typeof value} that cannot be shown`;
  }
  const line = inspected.replace(/\s*\n\s*/g, ' ');
  return printable(line.length > maxLength ? `${line.slice(0, maxLength)}...` : line);
}

/**
 * Reads the named fields of an object that the caller passed. It reads each field once and before Windows is asked,
 * because the caller may change the object meanwhile. It ignores fields that only Object.prototype has, because another
 * module of the program may have put them there.
 */
export function take<const Name extends string>(
  name: string,
  value: unknown,
  fields: readonly Name[],
): Record<Name, unknown> {
  checkObject(name, value);
  // Without a prototype, a field that was not asked for is missing and does not come from Object.prototype.
  const taken = Object.create(null) as Record<Name, unknown>;
  for (const field of fields) taken[field] = isGiven(value, field) ? value[field] : undefined;
  return taken;
}

/** Reads every enumerable field in the same way, for options that are passed on to Node. */
export function takeAll(name: string, value: unknown): Record<string, unknown> {
  checkObject(name, value);
  const names: string[] = [];
  for (const field in value) names.push(field);
  return take(name, value, names);
}

function isGiven(object: object, field: string): boolean {
  for (let holder: object | null = object; holder !== null && holder !== Object.prototype;) {
    if (Object.hasOwn(holder, field)) return true;
    holder = Object.getPrototypeOf(holder) as object | null;
  }
  return false;
}

/** Process ids are unsigned 32-bit numbers on Windows. */
export const maxProcessId = 0xffff_ffff;

export function checkInteger(name: string, value: unknown, min: number, max: number): asserts value is number {
  const expected = `an integer from ${min} to ${max}`;
  if (typeof value !== 'number') throw invalidType(name, expected, value);
  if (!Number.isInteger(value) || value < min || value > max) throw outOfRange(name, expected, value);
}

/** Checks a port; `lowest` is 0 where port 0 lets Windows choose. */
export function checkPort(name: string, value: unknown, lowest: 0 | 1): asserts value is number {
  checkInteger(name, value, lowest, maxPort);
}

/** Checks the first port and the number of ports of a block, which must lie within 1 to 65535. */
export function checkPorts(startPort: unknown, numberOfPorts: unknown, lowest: 0 | 1 = 1): PortRange {
  checkPort('startPort', startPort, lowest);
  checkInteger('numberOfPorts', numberOfPorts, 1, maxPort);
  if (startPort + numberOfPorts - 1 > maxPort) {
    throw outOfRange(
      'numberOfPorts',
      `at most ${maxPort - startPort + 1} for a block from ${startPort}`,
      numberOfPorts,
    );
  }
  return { startPort, numberOfPorts };
}

const blockExpected = "an object such as { protocol: 'tcp', startPort: 5000, numberOfPorts: 20 }";

/** Makes a checked copy of a block that the caller passed; its protocol has the type that the caller named. */
export function takeBlock<P extends Protocol = Protocol>(name: string, value: unknown): PortBlock<P> {
  if (typeof value !== 'object' || value === null) throw invalidType(name, blockExpected, value);
  const { protocol, startPort, numberOfPorts } = take(name, value, ['protocol', 'startPort', 'numberOfPorts']);
  checkProtocol(`${name}.protocol`, protocol);
  return { protocol: protocol as P, ...checkPorts(startPort, numberOfPorts) };
}

/** Copies a list of ports of the caller, each read once. */
export function takePortList(name: string, value: unknown, max: number): number[] {
  checkArray(name, value);
  return Array.from(value as readonly unknown[], (port, index) => {
    checkInteger(`${name}[${index}]`, port, 1, max);
    return port;
  });
}

export function checkToken(name: string, value: unknown): asserts value is bigint {
  if (typeof value !== 'bigint') throw invalidType(name, 'a bigint', value);
  if (value < 0n || value > maxToken) throw outOfRange(name, 'from 0n to 2n ** 64n - 1n', value);
}

export function checkProtocol(name: string, value: unknown): asserts value is Protocol {
  if (value !== 'tcp' && value !== 'udp') throw invalidType(name, "'tcp' or 'udp'", value);
}

export function checkFamily(name: string, value: unknown): asserts value is 4 | 6 {
  if (value !== 4 && value !== 6) throw invalidType(name, '4 or 6', value);
}

export function checkBoolean(name: string, value: unknown): asserts value is boolean {
  if (typeof value !== 'boolean') throw invalidType(name, 'a boolean', value);
}

/** Checks a time in milliseconds, by the rule of Node. */
export function checkDuration(name: string, value: unknown): asserts value is number {
  const expected = 'a number of milliseconds, 0 or more';
  if (typeof value !== 'number') throw invalidType(name, expected, value);
  if (!Number.isFinite(value) || value < 0) throw outOfRange(name, expected, value);
}

export function checkObject(name: string, value: unknown): asserts value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw invalidType(name, 'an object', value);
}

export function checkArray(name: string, value: unknown): void {
  if (!Array.isArray(value)) throw invalidType(name, 'an array', value);
}

/** Names of the Domain Name System are shorter, and so are addresses. */
const longestHost = 255;

export function checkHost(name: string, value: unknown): asserts value is string {
  if (typeof value !== 'string') throw invalidType(name, 'a string', value);
  const isHost = value !== '' && value.length <= longestHost && printable(value) === value;
  if (!isHost) throw outOfRange(name, `an address or a name of at most ${longestHost} characters`, value);
}

export function checkSignal(name: string, value: unknown): asserts value is AbortSignal {
  if (!(value instanceof AbortSignal)) throw invalidType(name, 'an AbortSignal', value);
}
