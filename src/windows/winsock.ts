// SPDX-License-Identifier: MIT
import type { BindRequest, SocketRequest } from './native-binding.js';
import { htons } from './byte-order.js';
import type { Protocol } from '../common/ports.js';

// The numbers come from ws2def.h. AF_INET6 is 23 only on Windows; no other platform sees these numbers.
export const ipProtocol: Record<Protocol, number> = { tcp: 6, udp: 17 };
export const addressFamily: Record<4 | 6, number> = { 4: 2, 6: 23 };

/** MIB_TCP_STATE of tcpmib.h. */
export const tcpState = {
  CLOSED: 1,
  LISTEN: 2,
  SYN_SENT: 3,
  SYN_RCVD: 4,
  ESTAB: 5,
  FIN_WAIT1: 6,
  FIN_WAIT2: 7,
  CLOSE_WAIT: 8,
  CLOSING: 9,
  LAST_ACK: 10,
  TIME_WAIT: 11,
  DELETE_TCB: 12,
} as const;

/** The address that means every address of the machine. */
export const wildcard: Record<4 | 6, string> = { 4: '0.0.0.0', 6: '::' };

export function bindRequest(address: string, port: number, ipv6Only: boolean): BindRequest {
  return { address, portNetworkOrder: htons(port), ipv6Only };
}

const noSteps = { acquire: undefined, associate: undefined, bind: undefined };

/** Makes the request for a socket and for the steps to take on it. */
export function socketRequest(protocol: Protocol, family: 4 | 6, steps: Partial<SocketRequest> = {}): SocketRequest {
  return { ...noSteps, ...steps, protocol: ipProtocol[protocol], family: addressFamily[family] };
}
