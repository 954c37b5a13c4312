// SPDX-License-Identifier: MIT
import type { CallFailure } from '../common/errors.js';
import type { NativeMachine } from './native-machine.js';

/**
 * The seam: every function that the addon exports, and that SimulatedWindows replaces.
 *
 * It passes raw values and decides nothing. Ports cross it in network byte order, as the structures of Windows hold them,
 * and tokens as unsigned 64-bit numbers. A call that Windows refuses resolves to a {@link CallFailure}. Arguments of the
 * wrong JavaScript type throw a TypeError; the layer above checks them first.
 */
export interface NativeBinding extends NativeMachine {
  createPersistentTcpPortReservation: PersistentCall<bigint>;
  createPersistentUdpPortReservation: PersistentCall<bigint>;
  deletePersistentTcpPortReservation: PersistentCall<undefined>;
  deletePersistentUdpPortReservation: PersistentCall<undefined>;
  lookupPersistentTcpPortReservation: PersistentCall<bigint>;
  lookupPersistentUdpPortReservation: PersistentCall<bigint>;
  /**
   * Opens a socket and takes the steps that the request names, in this order and in one trip to the thread pool: acquire,
   * associate, bind. When a step fails, the call closes the socket and resolves to the failure of that step.
   */
  openSocket(request: SocketRequest): Promise<OpenedSocket | CallFailure>;
  /**
   * Lists which process uses which port: the rows of GetExtendedTcpTable or GetExtendedUdpTable, IPv4 before IPv6, each
   * with the names of its process. A table that Windows refuses is a failure, except the IPv6 table where IPv6 is not
   * installed. Names that Windows does not give are empty.
   *
   * @param protocol - IPPROTO_TCP or IPPROTO_UDP.
   * @param portNetworkOrder - Only the rows with this local port; 0 for all.
   */
  listPortOwners(protocol: number, portNetworkOrder: number): Promise<readonly PortOwnerRow[] | CallFailure>;
  /**
   * Calls HcnEnumerateGuestNetworkPortReservations; its HRESULT is the error number of a failure. Undefined where this
   * Windows lacks computenetwork.dll or the function. A DLL that exists but cannot be loaded is a failure of
   * LoadLibraryExW.
   */
  listGuestPortReservations(): Promise<readonly GuestPortReservationRow[] | undefined | CallFailure>;
  /** Gives the system's own text for a Win32 or Winsock error number; an empty string where it has none. */
  formatMessage(errorNumber: number): string;
  /** Tells whether the token of this process is elevated. */
  isElevated(): boolean | CallFailure;
}

/** One of the six IP Helper functions. */
export type PersistentCall<Result> = (
  startPortNetworkOrder: number,
  numberOfPorts: number,
) => Promise<Result | CallFailure>;

/** Has a field for each step, undefined where the step is not wanted, so that the addon finds none on Object.prototype. */
export interface SocketRequest {
  /** IPPROTO_TCP or IPPROTO_UDP. */
  readonly protocol: number;
  /** AF_INET or AF_INET6. */
  readonly family: number;
  readonly acquire: InetPortRange | undefined;
  readonly associate: bigint | undefined;
  readonly bind: BindRequest | undefined;
}

/** INET_PORT_RANGE. */
export interface InetPortRange {
  readonly startPortNetworkOrder: number;
  readonly numberOfPorts: number;
}

/** INET_PORT_RESERVATION_INSTANCE. */
export interface InetPortReservationInstance extends InetPortRange {
  readonly token: bigint;
}

export interface BindRequest {
  /** A numeric address of the socket's family; IPv6 may carry a scope id, as in `fe80::1%12`. */
  readonly address: string;
  readonly portNetworkOrder: number;
  /** Matters only for AF_INET6: false makes the socket dual-stack. */
  readonly ipv6Only: boolean;
}

/** The result of getsockname. */
export interface SocketAddress {
  readonly address: string;
  readonly portNetworkOrder: number;
}

export interface OpenedSocket {
  readonly socket: NativeSocket;
  /** Present when the request had `acquire`. */
  readonly reservation?: InetPortReservationInstance;
  /** Present when the request had `bind`. */
  readonly address?: SocketAddress;
}

/**
 * Owns one socket, and closes it when the owner is closed, garbage-collected or torn down with its environment.
 *
 * It runs one call at a time: a call made while another is running resolves to WSAEINPROGRESS. After `close` or `disown`,
 * every call resolves to WSAENOTSOCK.
 */
export interface NativeSocket {
  acquirePortReservation(range: InetPortRange): Promise<InetPortReservationInstance | CallFailure>;
  associatePortReservation(token: bigint): Promise<undefined | CallFailure>;
  releasePortReservation(token: bigint): Promise<undefined | CallFailure>;
  /** Calls bind, then getsockname. */
  bind(request: BindRequest): Promise<SocketAddress | CallFailure>;
  close(): Promise<undefined | CallFailure>;
  /**
   * Lends the socket to a handle of Node: the SOCKET as a number or, from the simulator, a function that opens the handle
   * on a socket of the host. The owner keeps the socket until `disown`. Returns -1 where the owner is closed, disowned or
   * busy.
   */
  lend(): number | OpenHandle;
  /** Gives up the socket without closing it. Returns false where the owner no longer has a socket. */
  disown(): boolean;
}

/** A row of MIB_TCPROW_OWNER_PID or of its UDP and IPv6 twins, with the names of the process. */
export interface PortOwnerRow {
  /** The local address; IPv6 may carry a scope id. */
  readonly address: string;
  readonly portNetworkOrder: number;
  /** MIB_TCP_STATE; 0 for UDP. */
  readonly state: number;
  readonly processId: number;
  /** The file name of the process's program, for instance `node.exe`; empty where Windows gives none, and for process 0. */
  readonly imageName: string;
  /** The services that run in the process; none where Windows does not tell. */
  readonly serviceNames: readonly string[];
}

/** HCN_PORT_RANGE_ENTRY. This package takes its ports to be in host byte order, which Microsoft does not document. */
export interface GuestPortReservationRow {
  /** HCN_PORT_PROTOCOL: 1 is TCP, 2 is UDP, 3 is both. */
  readonly protocol: number;
  readonly startPort: number;
  /** The last port; it belongs to the range. */
  readonly endPort: number;
}

export type BindFunction = (this: NodeHandle, address: string, port: number, flags?: number) => number;

/** Opens a handle on the socket, as the handle's own `open` does; returns 0 or a negative errno. */
export type OpenHandle = (handle: NodeHandle) => number;

/** The part of Node's internal TCP and UDP handle objects that this package touches. */
export interface NodeHandle {
  open(socket: number): number;
  bind: BindFunction;
  bind6: BindFunction;
  getsockname(out: { address?: string; family?: string; port?: number }): number;
  close(callback?: () => void): void;
  unref(): void;
  /** Closes a TCP socket with a reset. */
  reset?: ((callback?: () => void) => number) | undefined;
}
