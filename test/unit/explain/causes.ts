// SPDX-License-Identifier: MIT
import type { PortCause } from '../../../src/explain/port-explanation.js';

const causes: Record<PortCause, true> = {
  free: true,
  'in-use': true,
  'exclusive-use': true,
  'foreign-range': true,
  'administered-range': true,
  'persistent-reservation': true,
  'runtime-reservation': true,
  'guest-reservation': true,
  'not-listed': true,
  'not-elevated': true,
  'privileged-port': true,
  'address-not-available': true,
};

/** Every cause: the compiler refuses a list that lacks one. */
export const allCauses = Object.keys(causes) as PortCause[];
