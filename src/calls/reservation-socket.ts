// SPDX-License-Identifier: MIT
import type { AddressInfo } from 'node:net';
import {
  checkBoolean,
  checkFamily,
  checkHost,
  checkPort,
  checkPorts,
  checkProtocol,
  checkToken,
  outOfRange,
  take,
} from '../common/arguments.js';
import { getBinding } from '../windows/binding.js';
import { builtin } from '../common/builtin.js';
import { htons, ntohs } from '../windows/byte-order.js';
import { type CallContext, type CallFailure, errorFromFailure, isCallFailure, packageError } from '../common/errors.js';
import { withJson } from '../common/json.js';
import { addLiveBlock, deleteLiveBlock, findLiveBlock, type LiveBlock } from './live-blocks.js';
import type { NativeBinding, NativeSocket } from '../windows/native-binding.js';
import type { PortBlock, Protocol } from '../common/ports.js';
import { nameIfTaken } from './taken.js';
import { warnOfUnsafeBuild } from '../windows/windows-build.js';
import { bindRequest, socketRequest, wildcard } from '../windows/winsock.js';

/** The block of a runtime reservation, with the token with which sockets of this process are associated. */
export interface AcquiredPortBlock extends PortBlock {
  readonly token: bigint;
}

/** Selects the socket to open. */
export interface ReservationSocketOptions {
  readonly protocol: Protocol;
  /** 4 or 6; default 4. A reservation covers both families, whatever the family of its socket. */
  readonly family?: 4 | 6 | undefined;
}

/** Selects the block to acquire. */
export interface AcquireOptions {
  /** First port, host byte order, 1 to 65535; with 0, the default, Windows chooses it. */
  readonly startPort?: number | undefined;
  /** The number of ports, 1 to 65535. */
  readonly numberOfPorts: number;
}

/** Selects the address and port to bind. */
export interface BindOptions {
  /** Host byte order, 0 to 65535; 0, the default, takes a free port of the associated reservation. */
  readonly port?: number | undefined;
  /** A numeric address of the socket's family; default all addresses, `0.0.0.0` or `::`. */
  readonly host?: string | undefined;
  /** For family 6: do not accept IPv4 connections. Default false. */
  readonly ipv6Only?: boolean | undefined;
}

/** Forgets the blocks of sockets that were garbage-collected. */
const collected = new FinalizationRegistry<LiveBlock>(deleteLiveBlock);

/**
 * Owns a socket and calls every port reservation ioctl of Winsock on it. Calls on one socket run one after the other, in
 * the order in which they were made.
 *
 * A runtime reservation lasts as long as the socket that acquired it. A socket that is dropped without `close` is closed
 * when it is garbage-collected, which frees its reservations.
 *
 * @example
 * const owner = await ReservationSocket.open({ protocol: 'udp' });
 * const { startPort, token } = await owner.acquirePortReservation({ numberOfPorts: 4 });
 * // ... associate other sockets of this process with the token and bind them ...
 * await owner.close();
 */
export class ReservationSocket implements AsyncDisposable {
  readonly protocol: Protocol;
  readonly family: 4 | 6;
  readonly #binding: NativeBinding;
  readonly #native: NativeSocket;
  #lastCall: Promise<unknown> = Promise.resolve();
  #closed = false;
  #closing: Promise<unknown> | undefined;
  #address: AddressInfo | undefined;
  #token: bigint | undefined;
  #blocks: LiveBlock[] = [];

  private constructor(binding: NativeBinding, native: NativeSocket, protocol: Protocol, family: 4 | 6) {
    this.#binding = binding;
    this.#native = native;
    this.protocol = protocol;
    this.family = family;
  }

  /**
   * Opens a TCP or UDP socket, overlapped and not inherited by child processes.
   *
   * Needs no elevation. Calls `WSASocketW`.
   *
   * @param options - `protocol` 'tcp' or 'udp'; `family` 4, the default, or 6.
   * @returns The socket, neither associated nor bound.
   * @throws TypeError `ERR_INVALID_ARG_TYPE`: an option is wrong.
   * @throws {@link PortReservationError} `WSAEAFNOSUPPORT`: the machine has no IPv6. `WSAENETDOWN`, `WSAENOBUFS`,
   * `ERR_UNSUPPORTED_PLATFORM`, `ERR_ADDON_NOT_LOADED`.
   * @example
   * const socket = await ReservationSocket.open({ protocol: 'tcp' });
   */
  static async open(options: ReservationSocketOptions): Promise<ReservationSocket> {
    const { protocol, family = 4 } = take('options', options, ['protocol', 'family']);
    checkProtocol('options.protocol', protocol);
    checkFamily('options.family', family);
    const binding = getBinding();
    const opened = await binding.openSocket(socketRequest(protocol, family));
    if (isCallFailure(opened)) throw errorFromFailure(binding, opened, { protocol });
    return new ReservationSocket(binding, opened.socket, protocol, family);
  }

  /**
   * Reserves a block of ports for this process, for as long as this socket is open.
   *
   * Needs no elevation. Calls `WSAIoctl(SIO_ACQUIRE_PORT_RESERVATION)`. One socket may acquire several blocks.
   *
   * @param options - `numberOfPorts` 1 to 65535; `startPort` 1 to 65535, host byte order, or 0, the default, to let
   * Windows choose.
   * @returns The block and its token, which works in this process only.
   * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`: an option is wrong; Windows was not asked.
   * @throws {@link PortReservationError} `WSAEADDRINUSE`: a port of the block is in use, reserved or excluded; the message and
   * `blocks` say by what.
   * `WSAENOBUFS`: no free block is long enough. `WSAEINVAL`, `WSAENOTSOCK`, `WSAEOPNOTSUPP`, `WSAENETDOWN`,
   * `WSAEFAULT`, `WSA_OPERATION_ABORTED`. `ERR_SOCKET_CLOSED`.
   * @example
   * const { startPort, numberOfPorts, token } = await socket.acquirePortReservation({ numberOfPorts: 8 });
   */
  async acquirePortReservation(options: AcquireOptions): Promise<AcquiredPortBlock> {
    const given = take('options', options, ['startPort', 'numberOfPorts']);
    const { startPort, numberOfPorts } = checkPorts(
      given.startPort === undefined ? 0 : given.startPort,
      given.numberOfPorts,
      0,
    );
    warnOfUnsafeBuild();
    const range = { startPortNetworkOrder: htons(startPort), numberOfPorts };
    const context = startPort === 0 ? { numberOfPorts } : { startPort, numberOfPorts };
    const acquired = await this.#call((native) => native.acquirePortReservation(range), context).catch(
      async (error: unknown) => {
        throw await nameIfTaken(error);
      },
    );
    const block = withJson({
      protocol: this.protocol,
      startPort: ntohs(acquired.startPortNetworkOrder),
      numberOfPorts: acquired.numberOfPorts,
      token: acquired.token,
    });
    // The caller may change the object that it gets.
    const live = { ...block };
    this.#blocks.push(live);
    addLiveBlock(live);
    collected.register(this, live);
    return block;
  }

  /**
   * Associates this socket with a reservation, so that it can be bound inside. The socket must not be bound yet, and it can
   * be associated only once.
   *
   * The token of a persistent reservation needs an elevated process; that of a runtime reservation does not. Calls
   * `WSAIoctl(SIO_ASSOCIATE_PORT_RESERVATION)`.
   *
   * @param token - 0n to 2n ** 64n - 1n.
   * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`: the token is wrong; Windows was not asked.
   * @throws {@link PortReservationError} `WSAEACCES`: the reservation is persistent and the process not elevated.
   * `WSAEINVAL`: no such token in this process, or the socket is already bound or associated. `WSAENOTSOCK`,
   * `WSAEOPNOTSUPP`, `WSAENETDOWN`, `WSAEFAULT`, `WSA_OPERATION_ABORTED`. `ERR_SOCKET_CLOSED`.
   * @example
   * await socket.associatePortReservation(token);
   */
  async associatePortReservation(token: bigint): Promise<void> {
    checkToken('token', token);
    await this.#call((native) => native.associatePortReservation(token), { token });
    this.#token = token;
  }

  /**
   * Frees a runtime reservation of this process before the socket that acquired it is closed.
   *
   * Needs no elevation. Calls `WSAIoctl(SIO_RELEASE_PORT_RESERVATION)`.
   *
   * @param token - 0n to 2n ** 64n - 1n.
   * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`: the token is wrong; Windows was not asked.
   * @throws {@link PortReservationError} `WSAEINVAL`: no such token in this process. `WSAENOTSOCK`, `WSAEOPNOTSUPP`,
   * `WSAENETDOWN`, `WSAEFAULT`, `WSA_OPERATION_ABORTED`. `ERR_SOCKET_CLOSED`.
   * @example
   * await socket.releasePortReservation(token);
   */
  async releasePortReservation(token: bigint): Promise<void> {
    checkToken('token', token);
    await this.#call((native) => native.releasePortReservation(token), { token });
    this.#forget((block) => block.token === token);
  }

  /**
   * Binds the socket, inside the reservation if it is associated with one.
   *
   * Needs no elevation beyond that of the association. Calls `bind` and `getsockname`.
   *
   * @param options - `port` 0 to 65535, host byte order; 0, the default, takes a free port of the associated
   * reservation. `host`: a numeric address of the socket's family; default all addresses. `ipv6Only`: for family 6,
   * default false.
   * @returns The address and port that the socket is bound to.
   * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`: an option is wrong; Windows was not asked.
   * @throws {@link PortReservationError} `WSAEACCES`: the port is reserved and this socket is not associated with its
   * reservation. `WSAEADDRINUSE`: the port is in use; the message says by which process. `WSAEADDRNOTAVAIL`: the host is not an address of this machine.
   * `WSAEINVAL`: already bound. `WSAENOBUFS`, `WSAENOTSOCK`, `WSAENETDOWN`, `WSAEFAULT`. `ERR_SOCKET_CLOSED`.
   * @example
   * const { port } = await socket.bind({ host: '127.0.0.1' });
   */
  async bind(options: BindOptions = {}): Promise<AddressInfo> {
    const given = take('options', options, ['port', 'host', 'ipv6Only']);
    const { port = 0, host = wildcard[this.family], ipv6Only = false } = given;
    checkPort('options.port', port, 0);
    checkHost('options.host', host);
    checkBoolean('options.ipv6Only', ipv6Only);
    if (builtin.net.isIP(host) !== this.family)
      throw outOfRange('options.host', `a numeric IPv${this.family} address`, host);
    const bound = await this.#call((native) => native.bind(bindRequest(host, port, ipv6Only)), {
      startPort: port,
      host,
    }).catch(async (error: unknown) => {
      const { withReason } = await import('../windows/say-why.js');
      const token = this.#token;
      const block = token === undefined ? undefined : findLiveBlock(token);
      throw await withReason(this.#binding, { protocol: this.protocol, token, ...block }, port, error);
    });
    this.#address = { address: bound.address, port: ntohs(bound.portNetworkOrder), family: `IPv${this.family}` };
    return this.#address;
  }

  /**
   * Gives the address and port that the socket is bound to. It does not ask Windows.
   *
   * @returns A copy of the address and port.
   * @throws {@link PortReservationError} `ERR_SOCKET_NOT_BOUND`, `ERR_SOCKET_CLOSED`.
   * @example
   * console.log(socket.address().port);
   */
  address(): AddressInfo {
    if (this.#closed) throw this.#closedError();
    if (!this.#address) throw packageError('ERR_SOCKET_NOT_BOUND', 'Await bind() first.', { protocol: this.protocol });
    return { ...this.#address };
  }

  /**
   * Closes the socket once the earlier calls have finished, and frees the runtime reservations it acquired.
   *
   * Needs no elevation. Calls `closesocket`.
   *
   * @throws {@link PortReservationError} `ERR_SOCKET_CLOSED`: already closed. `WSAENETDOWN`, `WSAENOTSOCK`.
   * @example
   * await socket.close();
   */
  async close(): Promise<void> {
    // The call is queued before the flag is set, so that later calls find the socket closed.
    const closing = this.#call((native) => native.close(), {});
    if (!this.#closed) this.#closing = closing;
    this.#closed = true;
    await closing;
    this.#forget(() => true);
  }

  /** The same as `close`, and does nothing after `close` was called: `await using socket = await ReservationSocket.open(...)`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await (this.#closing ?? this.close());
  }

  /** Makes a call once the earlier ones have finished, because the native socket runs one call at a time. */
  #call<Result>(
    run: (native: NativeSocket) => Promise<Result | CallFailure>,
    context: CallContext,
  ): Promise<Exclude<Result, CallFailure>> {
    if (this.#closed) return Promise.reject(this.#closedError());
    const call = this.#lastCall.then(() => run(this.#native));
    this.#lastCall = call.catch(() => undefined);
    return call.then((result) => {
      if (!isCallFailure(result)) return result as Exclude<Result, CallFailure>;
      throw errorFromFailure(this.#binding, result, { protocol: this.protocol, ...context });
    });
  }

  /** Forgets blocks that were freed. */
  #forget(isFreed: (block: LiveBlock) => boolean): void {
    for (const block of this.#blocks.filter(isFreed)) deleteLiveBlock(block);
    this.#blocks = this.#blocks.filter((block) => !isFreed(block));
  }

  #closedError(): Error {
    return packageError('ERR_SOCKET_CLOSED', 'Open a new one.', { protocol: this.protocol });
  }
}
