// SPDX-License-Identifier: MIT
import { type CallFailure, isCallFailure } from '../common/errors.js';
import { ntohs, htons } from '../windows/byte-order.js';
import { errorCodes } from '../common/error-codes.js';
import type {
  BindRequest,
  InetPortRange,
  InetPortReservationInstance,
  NativeSocket,
  NodeHandle,
  OpenHandle,
  SocketAddress,
} from '../windows/native-binding.js';
import type { PortRange, Protocol } from '../common/ports.js';
import { createHostHandle } from './host-handle.js';
import { bindAt, bindHandle, bindOnHost, closeQuietly, closeTogether } from './host-socket.js';
import { perform, type MachineAccess } from './machine-access.js';
import { hostBind, ipv6OnlyFlag, isFreeOnHost } from './ordinary-binds.js';
import type { SimulatedWindows } from './model/machine.js';
import type { SimulatedProcess } from './model/process.js';
import { unlessRefused } from './model/refusal.js';

export const ioctl = {
  acquire: 'WSAIoctl(SIO_ACQUIRE_PORT_RESERVATION)',
  associate: 'WSAIoctl(SIO_ASSOCIATE_PORT_RESERVATION)',
  release: 'WSAIoctl(SIO_RELEASE_PORT_RESERVATION)',
} as const;

/** Outlives the object of a socket, to close the socket when the object is collected. */
interface Remains {
  readonly access: MachineAccess;
  readonly socketId: number;
  /** The socket of the host, from its bind until Node owns it. */
  handle: NodeHandle | undefined;
}

const collected = new FinalizationRegistry<Remains>((remains) => {
  closeRemains(remains);
});

function closeHandle(remains: Remains): void {
  remains.handle?.close();
  remains.handle = undefined;
}

/** Closes the host's socket first, so that the machine gives out no port that the host would still refuse. */
function closeRemains(remains: Remains): void {
  closeHandle(remains);
  closeQuietly(remains.access, remains.socketId);
}

/**
 * A socket of a simulated machine. Like the addon's, it takes one call at a time, and none after it is closed or handed
 * over.
 */
export class SimulatedSocket implements NativeSocket {
  readonly #protocol: Protocol;
  readonly #family: 4 | 6;
  readonly #remains: Remains;
  /** Binds a handle of the host at the socket's place; returns 0 or a negative errno. */
  #bindTo: ((handle: NodeHandle) => number) | undefined;
  #busy = false;
  #gone = false;

  constructor(access: MachineAccess, socketId: number, protocol: Protocol, family: 4 | 6) {
    this.#protocol = protocol;
    this.#family = family;
    this.#remains = { access, socketId, handle: undefined };
    collected.register(this, this.#remains, this);
  }

  acquirePortReservation({
    startPortNetworkOrder,
    numberOfPorts,
  }: InetPortRange): Promise<InetPortReservationInstance | CallFailure> {
    return this.#call(ioctl.acquire, (process, socketId, { hostPorts }) => {
      const startPort = ntohs(startPortNetworkOrder);
      const suits = (range: PortRange): boolean => hostPorts === 'any' || isFreeOnHost(this.#protocol, range);
      const acquired = process.acquirePortReservation(socketId, startPort, numberOfPorts, suits);
      return {
        startPortNetworkOrder: htons(acquired.startPort),
        numberOfPorts: acquired.numberOfPorts,
        token: acquired.token,
      };
    });
  }

  associatePortReservation(token: bigint): Promise<undefined | CallFailure> {
    return this.#call(ioctl.associate, (process, socketId) => {
      process.associatePortReservation(socketId, token);
      return undefined;
    });
  }

  releasePortReservation(token: bigint): Promise<undefined | CallFailure> {
    return this.#call(ioctl.release, (process, socketId) => {
      process.releasePortReservation(socketId, token);
      return undefined;
    });
  }

  bind({ address, portNetworkOrder, ipv6Only }: BindRequest): Promise<SocketAddress | CallFailure> {
    const family = this.#family;
    const port = ntohs(portNetworkOrder);
    const bindTo = (target: NodeHandle) => (candidate: number, isIpv6Only: boolean) => {
      const flags = family === 6 && isIpv6Only ? ipv6OnlyFlag : 0;
      return bindHandle(target, hostBind(target, family === 4 ? 'bind' : 'bind6'), address, candidate, flags);
    };
    let made: NodeHandle | undefined;
    let bindAgain: ((target: NodeHandle) => number) | undefined;
    const work = (process: SimulatedProcess, socketId: number, { hostPorts }: SimulatedWindows): SocketAddress => {
      const handle = createHostHandle(this.#protocol);
      made = handle;
      const wanted = { family, address, port, ipv6Only, shared: false, hostPorts };
      const place = bindOnHost(process, socketId, handle, wanted, bindTo(handle));
      bindAgain = (target) => bindAt(place, target, bindTo(target));
      // Otherwise the handle would keep the program running.
      handle.unref();
      const bound: { address?: string; port?: number } = {};
      handle.getsockname(bound);
      return { address: bound.address ?? address, portNetworkOrder: htons(bound.port ?? 0) };
    };
    return this.#call('bind', work, (result) => {
      if (result) {
        this.#remains.handle = made;
        this.#bindTo = bindAgain;
      } else {
        // Close it too when the machine could not save that the socket is bound: then it must not be bound on the host
        // either.
        made?.close();
      }
    });
  }

  async close(): Promise<undefined | CallFailure> {
    const unavailable = this.#unavailable('closesocket');
    if (unavailable) return unavailable;
    this.#leave();
    try {
      return await perform(this.#remains.access, 'closesocket', (process) => {
        closeHandle(this.#remains);
        unlessRefused(() => {
          process.closeSocket(this.#remains.socketId);
        });
        return undefined;
      });
    } finally {
      // Close the socket after a failure too.
      closeRemains(this.#remains);
    }
  }

  /** Closes the socket without waiting for it. */
  discard(): void {
    this.#leave();
    closeRemains(this.#remains);
  }

  lend(): number | OpenHandle {
    const { handle } = this.#remains;
    const bindTo = this.#bindTo;
    if (this.#busy || this.#gone || !handle || !bindTo) return -1;
    return (target) => {
      // No call moves a socket from one handle to another, so bind the target to the same place in the same turn of the
      // event loop. On the machine, the port stays taken all the time.
      handle.close();
      this.#remains.handle = undefined;
      const status = bindTo(target);
      if (status === 0) closeTogether(target, this.#remains.access, this.#remains.socketId);
      return status;
    };
  }

  disown(): boolean {
    if (this.#busy || this.#gone) return false;
    this.#leave();
    return true;
  }

  #leave(): void {
    this.#gone = true;
    collected.unregister(this);
  }

  #unavailable(call: string): CallFailure | undefined {
    if (this.#busy) return { call, errorNumber: errorCodes.WSAEINPROGRESS.errorNumber };
    if (this.#gone) return { call, errorNumber: errorCodes.WSAENOTSOCK.errorNumber };
    return undefined;
  }

  /**
   * @param settle - Receives the result once the machine has saved it, or undefined after a failure, before the next
   * call.
   */
  async #call<Result>(
    call: string,
    work: (process: SimulatedProcess, socketId: number, machine: SimulatedWindows) => Result,
    settle: (result: Result | undefined) => void = () => undefined,
  ): Promise<Result | CallFailure> {
    const unavailable = this.#unavailable(call);
    if (unavailable) return unavailable;
    this.#busy = true;
    let result: Result | undefined;
    try {
      const outcome = await perform(this.#remains.access, call, (process, machine) =>
        work(process, this.#remains.socketId, machine),
      );
      if (!isCallFailure(outcome)) result = outcome;
      return outcome;
    } finally {
      settle(result);
      this.#busy = false;
    }
  }
}
