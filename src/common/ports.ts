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
export interface PortBlock<P extends Protocol = Protocol> extends PortRange {
  readonly protocol: P;
}

/** A row of the table of ports that Windows keeps from being chosen, or bound. */
export interface ExcludedPortRange {
  readonly protocol: Protocol;
  /** The first port, 1 to 65535. */
  readonly startPort: number;
  /** The last port, inside the range. */
  readonly endPort: number;
  /**
   * Whether the row has a star: an administrator excluded the range. Then Windows hands its ports out to nobody, but a
   * program that names one can bind it. A range without a star belongs to a part of Windows or to a program, and a bind
   * inside it fails.
   */
  readonly administered: boolean;
}
