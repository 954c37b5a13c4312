// SPDX-License-Identifier: MIT
import type { PortRange } from './ports.js';

/** The range from which Windows chooses ports since Vista, unless an administrator changed it. RFC 6335 names it too. */
export const defaultDynamicRange: PortRange = { startPort: 49_152, numberOfPorts: 16_384 };
