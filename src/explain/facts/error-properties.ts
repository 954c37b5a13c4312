// SPDX-License-Identifier: MIT
import { invalidType, take } from '../../common/arguments.js';

const names = [
  ...(['code', 'errno', 'syscall', 'port', 'address'] as const),
  ...(['protocol', 'startPort', 'numberOfPorts', 'host'] as const),
];

/** The properties of an error of `listen` or `bind` that say what was refused. */
export type ErrorProperties = Readonly<Record<(typeof names)[number], unknown>>;

/** Reads the properties of an error of the caller, once. */
export function takeErrorProperties(error: unknown): ErrorProperties {
  if (typeof error !== 'object' || error === null) throw noListenError(error);
  return take('error', error, names);
}

/** Says that a value is no error that could be explained. */
export function noListenError(error: unknown): Error {
  return invalidType('error', 'an error of listen or bind that names a port', error);
}
