// SPDX-License-Identifier: MIT
import type { Protocol } from '../../common/ports.js';

/** The protocols of errors that were seen when Node emitted them, because `syscall` does not always tell. */
export const knownProtocols = new WeakMap<object, Protocol>();
