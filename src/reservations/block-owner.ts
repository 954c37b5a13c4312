// SPDX-License-Identifier: MIT
import { type CallFailure, isCallFailure } from '../common/errors.js';
import { htons, ntohs } from '../windows/byte-order.js';
import { inBothFamilies } from '../windows/every-address.js';
import type { InetPortRange, NativeBinding, NativeSocket } from '../windows/native-binding.js';
import type { PortRange, Protocol } from '../common/ports.js';
import { socketRequest } from '../windows/winsock.js';

/**
 * Owns the socket that a block was acquired on, and counts the sockets that are made from the block.
 *
 * The socket is an IPv6 socket with IPV6_V6ONLY off, as in Microsoft's QUIC library, the only program known to use such
 * tokens; on a machine without IPv6 it is an IPv4 socket. If Windows refuses the token to sockets of the other family,
 * which has never been observed, the block moves to a socket of that family.
 */
export class BlockOwner {
  readonly #binding: NativeBinding;
  readonly #protocol: Protocol;
  readonly #range: InetPortRange;
  #socket: NativeSocket;
  #family: 4 | 6;
  /** Absent when the block was lost during a move. */
  #token: bigint | undefined;
  #holds = 0;
  /** The number of holders that are waiting for a token of their family. */
  #asking = 0;
  /** Whether a socket has been bound inside the block since the number of holders was last zero. */
  #isUsed = false;
  #moving: Promise<unknown> | undefined;
  /** Made when something waits, because a program may hold thousands of blocks. */
  #waiting: (() => void)[] | undefined;

  private constructor(
    binding: NativeBinding,
    protocol: Protocol,
    family: 4 | 6,
    socket: NativeSocket,
    block: Acquired,
  ) {
    this.#binding = binding;
    this.#protocol = protocol;
    this.#family = family;
    this.#socket = socket;
    this.#range = { startPortNetworkOrder: block.startPortNetworkOrder, numberOfPorts: block.numberOfPorts };
    this.#token = block.token;
  }

  /** Acquires a block; with start port 0, Windows chooses it. */
  static async acquire(
    binding: NativeBinding,
    protocol: Protocol,
    { startPort, numberOfPorts }: PortRange,
  ): Promise<{ owner: BlockOwner; startPort: number; token: bigint } | CallFailure> {
    const acquire = { startPortNetworkOrder: htons(startPort), numberOfPorts };
    let family: 4 | 6 = 6;
    const opened = await inBothFamilies((each) => {
      family = each;
      return binding.openSocket(socketRequest(protocol, each, { acquire }));
    });
    if (isCallFailure(opened)) return opened;
    const { socket, reservation } = opened;
    if (!reservation) throw new Error('The binding acquired a block but did not return it.');
    const owner = new BlockOwner(binding, protocol, family, socket, reservation);
    return { owner, startPort: ntohs(reservation.startPortNetworkOrder), token: reservation.token };
  }

  get token(): bigint | undefined {
    return this.#token;
  }

  /** Counts a socket that is about to be made; returns the function to call when it is closed or could not be made. */
  hold(): () => void {
    this.#holds += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#holds -= 1;
      if (this.#holds === 0) this.#isUsed = false;
      this.#wake();
    };
  }

  /** Records that a holder has bound a socket inside the block. */
  noteUse(): void {
    this.#isUsed = this.#holds > 0;
    this.#wake();
  }

  /**
   * Gets another token for a socket whose family was refused the token it tried; undefined if there is none. The block
   * moves only while no socket is bound inside it, because Windows would not let a block with a bound port be acquired
   * again.
   *
   * @param refused - The token that the socket tried.
   * @returns A failure if another program took a port while the block moved; the next call tries again.
   */
  async tokenFor(family: 4 | 6, refused: bigint): Promise<bigint | undefined | CallFailure> {
    const isHolder = this.#holds > this.#asking;
    if (isHolder) this.#asking += 1;
    this.#wake();
    try {
      const moved = Promise.resolve(this.#moving).then(async () => {
        if (this.#token !== undefined && this.#family === family)
          return this.#token === refused ? undefined : this.#token;
        await this.#settled();
        return this.#isUsed ? undefined : this.#move(family);
      });
      this.#moving = moved.catch(() => undefined);
      return await moved;
    } finally {
      if (isHolder) this.#asking -= 1;
    }
  }

  /** Resolves when the last holder has let go of the block. */
  async whenFree(): Promise<void> {
    while (this.#holds > 0) await this.#change();
  }

  close(): Promise<undefined | CallFailure> {
    return this.#socket.close();
  }

  /** Waits until each holder has bound its socket or is asking for a token as well. */
  async #settled(): Promise<void> {
    while (!this.#isUsed && this.#holds > this.#asking) await this.#change();
  }

  async #move(family: 4 | 6): Promise<bigint | undefined | CallFailure> {
    const opened = await this.#binding.openSocket(socketRequest(this.#protocol, family));
    if (isCallFailure(opened)) return undefined;
    const [before, next] = [this.#socket, opened.socket];
    if (this.#token !== undefined) {
      const released = await before.releasePortReservation(this.#token);
      if (released) {
        await next.close();
        return undefined;
      }
    }
    // Until the next call succeeds the block is free, so nothing may be awaited in between.
    const acquired = await next.acquirePortReservation(this.#range);
    if (!isCallFailure(acquired)) {
      this.#socket = next;
      this.#family = family;
      this.#token = acquired.token;
      await before.close();
      return acquired.token;
    }
    const back = await before.acquirePortReservation(this.#range);
    await next.close();
    this.#token = isCallFailure(back) ? undefined : back.token;
    return isCallFailure(back) ? back : undefined;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      (this.#waiting ??= []).push(resolve);
    });
  }

  #wake(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const wake of waiting) wake();
  }
}

interface Acquired extends InetPortRange {
  readonly token: bigint;
}
