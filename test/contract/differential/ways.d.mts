// SPDX-License-Identifier: MIT
import type { Socket as DgramSocket } from 'node:dgram';
import type { Server, Socket } from 'node:net';
import type { ConnectOptions, ListenOptions, SocketOptions } from 'win-port-reservation';

/** Calls that open sockets. Events tell how `listen` and `bind` end, whichever way it is. */
export interface Ways {
  readonly name: string;
  /** The faults of the values that promises of this package resolved to. */
  readonly complaints: readonly unknown[];
  readonly listen: (server: Server, options?: ListenOptions) => void;
  readonly bind: (socket: DgramSocket, options?: SocketOptions) => void;
  /** Resolves when the socket is connected. */
  readonly connect: (options: ConnectOptions) => Promise<Socket>;
  /** Gives the ports back, once every socket is closed. */
  readonly close: () => Promise<void>;
}

export function openWays(name: string): Promise<Ways>;
