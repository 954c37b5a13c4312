// SPDX-License-Identifier: MIT
import type { PortRange } from './ports.js';

/** Where Windows chooses ports from since Vista, unless somebody set something else, and where RFC 6335 would have it. */
export const defaultDynamicRange: PortRange = { startPort: 49_152, numberOfPorts: 16_384 };
