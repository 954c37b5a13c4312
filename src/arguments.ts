// SPDX-License-Identifier: MIT
import { builtin } from './builtin.js';
import type { Protocol } from './port-block.js';
import { printable } from './printable.js';

/** The highest port. */
export const maxPort = 0xffff;
const maxToken = 0xffff_ffff_ffff_ffffn;

type CodedError<Base extends Error> = Base & { code: string };

/** A value of the wrong kind: names the parameter, what was expected and what came. */
export function invalidType(name: string, expected: string, value: unknown): CodedError<TypeError> {
  const error = new TypeError(`"${name}" must be ${expected}; received ${describe(value)}`);
  return Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' });
}

/** A value of the right kind that is too small, too large or not whole. */
export function outOfRange(name: string, expected: string, value: unknown): CodedError<RangeError> {
  const error = new RangeError(`"${name}" must be ${expected}; received ${describe(value)}`);
  return Object.assign(error, { code: 'ERR_OUT_OF_RANGE' });
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  const inspected = builtin.util.inspect(value, { depth: 0, maxStringLength: 60, breakLength: Infinity });
  const text = printable(inspected.replace(/\s*\n\s*/g, ' '));
  return typeof value === 'object' || typeof value === 'function' ? text : `${text} (${typeof value})`;
}

export function checkInteger(name: string, value: unknown, min: number, max: number): asserts value is number {
  const expected = `an integer from ${min} to ${max}`;
  if (typeof value !== 'number') throw invalidType(name, expected, value);
  if (!Number.isInteger(value) || value < min || value > max) throw outOfRange(name, expected, value);
}

/** A port; `lowest` is 0 where 0 leaves the choice to Windows. */
export function checkPort(name: string, value: unknown, lowest: 0 | 1): asserts value is number {
  checkInteger(name, value, lowest, maxPort);
}

/** First port and number of ports of a block that must lie within 1 to 65535. */
export function checkBlock(startPort: unknown, numberOfPorts: unknown, lowest: 0 | 1 = 1): void {
  checkPort('startPort', startPort, lowest);
  checkInteger('numberOfPorts', numberOfPorts, 1, maxPort);
  if (startPort + numberOfPorts - 1 > maxPort) {
    throw outOfRange(
      'numberOfPorts',
      `at most ${maxPort - startPort + 1} for a block from ${startPort}`,
      numberOfPorts,
    );
  }
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

export function checkObject(name: string, value: unknown): asserts value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw invalidType(name, 'an object', value);
}

export function checkArray(name: string, value: unknown): void {
  if (!Array.isArray(value)) throw invalidType(name, 'an array', value);
}

export function checkHost(name: string, value: unknown): asserts value is string {
  if (typeof value !== 'string') throw invalidType(name, 'a string', value);
  if (value === '' || printable(value) !== value) throw outOfRange(name, 'an address or a name', value);
}

export function checkSignal(name: string, value: unknown): asserts value is AbortSignal {
  if (!(value instanceof AbortSignal)) throw invalidType(name, 'an AbortSignal', value);
}
