// SPDX-License-Identifier: MIT
import { invalidType, take } from '../../common/arguments.js';
import type { Protocol } from '../../common/ports.js';

/** The protocols of errors that were seen when Node emitted them, because `syscall` does not always tell. */
export const knownProtocols = new WeakMap<object, Protocol>();

const names = [
  ...(['code', 'errno', 'syscall', 'port', 'address'] as const),
  ...(['protocol', 'startPort', 'numberOfPorts', 'host'] as const),
];

/** The properties of an error of `listen` or `bind` that say what was refused. */
export type ErrorProperties = Readonly<Record<(typeof names)[number] | 'stack', unknown>>;

/** Reads the properties of the caller's error, each once. */
export function takeErrorProperties(error: unknown): ErrorProperties {
  if (typeof error !== 'object' || error === null) throw noListenError(error);
  const properties = take('error', error, names);
  // Only a failed bind needs the stack, which Node formats when it is read.
  return { ...properties, stack: properties.syscall === 'bind' ? take('error', error, ['stack']).stack : undefined };
}

/** Makes the error for a value that is no error of `listen` or `bind`. */
export function noListenError(error: unknown): Error {
  return invalidType('error', 'an error of listen or bind that names a port', error);
}
