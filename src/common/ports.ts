// SPDX-License-Identifier: MIT

/** A transport protocol. Windows keeps one pool of ports for each; IPv4 and IPv6 share it. */
export type Protocol = 'tcp' | 'udp';

/** Consecutive ports by first port and number, as in INET_PORT_RANGE, but in host byte order. */
export interface PortRange {
  /** The first port, 1 to 65535. */
  readonly startPort: number;
  /** The number of ports, 1 to 65535; the last port is `startPort + numberOfPorts - 1`, at most 65535. */
  readonly numberOfPorts: number;
}

/** Consecutive ports of one protocol. Windows reserves, finds and frees a block as a whole, never a part of it. */
export interface PortBlock<P extends Protocol = Protocol> extends PortRange {
  readonly protocol: P;
}

/** A row of the table of excluded ports: Windows does not choose them, and may refuse to bind them. */
export interface ExcludedPortRange extends PortBlock {
  /** The last port; it belongs to the range. */
  readonly endPort: number;
  /**
   * True where the row has a star: an administrator excluded the range. Windows then chooses none of its ports, but a
   * program that names one can bind it. A range without a star belongs to a part of Windows or to a program, and a bind
   * inside it fails.
   */
  readonly administered: boolean;
}
