// SPDX-License-Identifier: MIT
// Watches what the package asks of the binding in this process: the requests for sockets, which sockets are still open, and
// how often the tables are read.
import { type CallFailure, isCallFailure } from '../../dist/common/errors.js';
import { getBinding, getNetsh, installBinding } from '../../dist/windows/binding.js';
import { ntohs } from '../../dist/windows/byte-order.js';
import type { NativeSocket, PortOwnerRow, SocketRequest } from '../../dist/windows/native-binding.js';

type Step = 'acquire' | 'associate' | 'bind' | 'netsh';

export interface WatchedBinding {
  /** The ports of the binds, in order. */
  readonly boundPorts: () => number[];
  /** The number of commands that netsh ran. */
  readonly netshCommands: () => number;
  /** The number of times that a table of port owners was read. */
  readonly tableReads: () => number;
  /** The number of sockets that were opened since, are still open and were not handed to Node. */
  readonly openSockets: () => number;
  /** Connections to show in the table of TCP from now on, in addition to the real ones. */
  readonly connections: Pick<PortOwnerRow, 'portNetworkOrder' | 'state'>[];
  /** Fails the requests for which it returns a failure; `port` is the port to bind, if any. */
  failWhen(refuse: (request: SocketRequest, port: number | undefined) => CallFailure | undefined): void;
  /** Runs a function each time a request with this step, or a command of netsh, is under way. */
  during(step: Step, act: () => void): void;
  stop(): void;
}

export function watchBinding(): WatchedBinding {
  const binding = getBinding();
  const requests: SocketRequest[] = [];
  const connections: WatchedBinding['connections'] = [];
  const netsh = getNetsh();
  let commands = 0;
  let tables = 0;
  let open = 0;
  let refuse: Parameters<WatchedBinding['failWhen']>[0] = () => undefined;
  const acts = new Map<Step, () => void>();
  const actOn = (step: Step) => acts.get(step)?.();
  const stop = installBinding(
    {
      ...binding,
      async listPortOwners(protocol, port) {
        tables += 1;
        const rows = await binding.listPortOwners(protocol, port);
        const process = { address: '127.0.0.1', processId: 0, imageName: '', serviceNames: [] };
        return isCallFailure(rows) ? rows : [...rows, ...connections.map((row) => ({ ...process, ...row }))];
      },
      async openSocket(request) {
        requests.push(request);
        const refused = refuse(request, portOf(request));
        if (refused) return refused;
        const opening = binding.openSocket(request);
        for (const step of ['acquire', 'associate', 'bind'] as const) {
          if (request[step] !== undefined) actOn(step);
        }
        const opened = await opening;
        if (isCallFailure(opened)) return opened;
        open += 1;
        return { ...opened, socket: watchSocket(opened.socket, () => (open -= 1)) };
      },
    },
    (args) => {
      commands += 1;
      const command = netsh(args);
      actOn('netsh');
      return command;
    },
  );
  return {
    boundPorts: () => requests.map(portOf).filter((port) => port !== undefined),
    netshCommands: () => commands,
    tableReads: () => tables,
    openSockets: () => open,
    connections,
    failWhen(when) {
      refuse = when;
    },
    during(step, act) {
      acts.set(step, act);
    },
    stop,
  };
}

function portOf({ bind }: SocketRequest): number | undefined {
  return bind && ntohs(bind.portNetworkOrder);
}

/** The methods of the addon's sockets cannot be replaced. */
function watchSocket(socket: NativeSocket, onEnd: () => void): NativeSocket {
  return {
    acquirePortReservation: (range) => socket.acquirePortReservation(range),
    associatePortReservation: (token) => socket.associatePortReservation(token),
    releasePortReservation: (token) => socket.releasePortReservation(token),
    bind: (request) => socket.bind(request),
    lend: () => socket.lend(),
    close() {
      onEnd();
      return socket.close();
    },
    disown() {
      onEnd();
      return socket.disown();
    },
  };
}
