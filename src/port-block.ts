// SPDX-License-Identifier: MIT

/** Windows keeps one pool of ports per protocol; IPv4 and IPv6 share it. */
export type Protocol = 'tcp' | 'udp';

/** Consecutive ports, in host byte order, as INET_PORT_RANGE counts them. */
export interface PortRange {
  /** The first port, 1 to 65535. */
  readonly startPort: number;
  /** How many ports, 1 to 65535; the last one is `startPort + numberOfPorts - 1`, at most 65535. */
  readonly numberOfPorts: number;
}

/** Consecutive ports of one protocol: what Windows reserves, finds and frees as a whole, never in part. */
export interface PortBlock extends PortRange {
  readonly protocol: Protocol;
}
