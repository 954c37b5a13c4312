// SPDX-License-Identifier: MIT
import type { BindRequest } from './native-binding.js';
import { htons } from './byte-order.js';
import type { Protocol } from './port-block.js';

// Numbers of ws2def.h. AF_INET6 is 23 on Windows only; no other platform sees them.
export const ipProtocol: Record<Protocol, number> = { tcp: 6, udp: 17 };
export const addressFamily: Record<4 | 6, number> = { 4: 2, 6: 23 };

/** The address that stands for every address of the machine. */
export const wildcard: Record<4 | 6, string> = { 4: '0.0.0.0', 6: '::' };

export function bindRequest(address: string, port: number, ipv6Only: boolean): BindRequest {
  return { address, portNetworkOrder: htons(port), ipv6Only };
}
