// SPDX-License-Identifier: MIT
import type { Protocol } from '../../common/ports.js';

/** Of the errors that were seen when Node emitted them; `syscall` does not always tell. */
export const knownProtocols = new WeakMap<object, Protocol>();
