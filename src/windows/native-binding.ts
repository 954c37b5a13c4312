// SPDX-License-Identifier: MIT
import type { CallFailure } from '../common/errors.js';

/**
 * The seam: everything that the addon exports, and that SimulatedWindows stands in for.
 *
 * Raw values and no policy. Ports cross it in network byte order, as the Windows structures hold them, tokens as the
 * unsigned 64 bits they are. A call that Windows refused resolves to a {@link CallFailure}. Arguments of the wrong
 * JavaScript type throw a TypeError, which the layer above never lets happen.
 */
export interface NativeBinding {
  createPersistentTcpPortReservation: PersistentCall<bigint>;
  createPersistentUdpPortReservation: PersistentCall<bigint>;
  deletePersistentTcpPortReservation: PersistentCall<undefined>;
  deletePersistentUdpPortReservation: PersistentCall<undefined>;
  lookupPersistentTcpPortReservation: PersistentCall<bigint>;
  lookupPersistentUdpPortReservation: PersistentCall<bigint>;
  /**
   * Opens a socket and does on it, in this order and in one trip to the thread pool, what the request names: acquire,
   * associate, bind. When a step fails the socket is closed and the failure is that step's.
   */
  openSocket(request: SocketRequest): Promise<OpenedSocket | CallFailure>;
  /**
   * Who has ports: the rows of GetExtendedTcpTable or GetExtendedUdpTable, those of IPv4 before those of IPv6, each with
   * the names of its process. A table that Windows does not give is a failure, except that of IPv6 where IPv6 is not
   * installed; names that it does not give are empty.
   *
   * @param protocol - IPPROTO_TCP or IPPROTO_UDP.
   * @param portNetworkOrder - Only the rows with this local port; 0 for all.
   */
  listPortOwners(protocol: number, portNetworkOrder: number): Promise<readonly PortOwnerRow[] | CallFailure>;
  /**
   * HcnEnumerateGuestNetworkPortReservations. Its HRESULT is the error number of a failure. Undefined where this Windows
   * does not have computenetwork.dll, or not the function; a DLL that is there and cannot be loaded is a failure of
   * LoadLibraryExW.
   */
  listGuestPortReservations(): Promise<readonly GuestPortReservationRow[] | undefined | CallFailure>;
  /** The system's own text for a Win32 or Winsock error number; an empty string where it has none. */
  formatMessage(errorNumber: number): string;
  /** Whether the token of this process is elevated. */
  isElevated(): boolean | CallFailure;
}

/** One of the six IP Helper functions. */
export type PersistentCall<Result> = (
  startPortNetworkOrder: number,
  numberOfPorts: number,
) => Promise<Result | CallFailure>;

/** Each step is there, and undefined where it is not wanted: the addon must find none on Object.prototype. */
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
  /** Only looked at for AF_INET6: false makes the socket dual-stack. */
  readonly ipv6Only: boolean;
}

/** What getsockname said. */
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
 * Owner of one socket. It closes the socket when it is closed, collected or torn down with its environment.
 *
 * One call at a time: a call made while another is under way resolves to WSAEINPROGRESS. After `close` or `disown`
 * every call resolves to WSAENOTSOCK.
 */
export interface NativeSocket {
  acquirePortReservation(range: InetPortRange): Promise<InetPortReservationInstance | CallFailure>;
  associatePortReservation(token: bigint): Promise<undefined | CallFailure>;
  releasePortReservation(token: bigint): Promise<undefined | CallFailure>;
  /** bind, then getsockname. */
  bind(request: BindRequest): Promise<SocketAddress | CallFailure>;
  close(): Promise<undefined | CallFailure>;
  /**
   * What a handle of Node can open: the SOCKET as a number, or, from the simulator, what gives a handle the host's socket.
   * The owner keeps it until `disown`. -1 when there is nothing to lend: closed, disowned or busy.
   */
  lend(): number | OpenHandle;
  /** Gives the socket up without closing it. Returns false when there was nothing to give up. */
  disown(): boolean;
}

/** MIB_TCPROW_OWNER_PID and its UDP and IPv6 twins, and what the process is called. */
export interface PortOwnerRow {
  /** The local address; IPv6 may carry a scope id. */
  readonly address: string;
  readonly portNetworkOrder: number;
  /** MIB_TCP_STATE; 0 for UDP. */
  readonly state: number;
  readonly processId: number;
  /** The file name of its program, for instance `node.exe`; empty where Windows does not tell, and for process 0. */
  readonly imageName: string;
  /** The services that run in it; none where Windows does not tell. */
  readonly serviceNames: readonly string[];
}

/** HCN_PORT_RANGE_ENTRY. Its ports are taken to be in host byte order, which is not documented. */
export interface GuestPortReservationRow {
  /** HCN_PORT_PROTOCOL: 1 is TCP, 2 is UDP, 3 is both. */
  readonly protocol: number;
  readonly startPort: number;
  /** The last port, inside the range. */
  readonly endPort: number;
}

export type BindFunction = (this: NodeHandle, address: string, port: number, flags?: number) => number;

/** Gives a handle the socket, as its `open` would; 0 or a negative errno. */
export type OpenHandle = (handle: NodeHandle) => number;

/** The part of Node's internal TCP and UDP handle objects that this package touches. */
export interface NodeHandle {
  open(socket: number): number;
  bind: BindFunction;
  bind6: BindFunction;
  getsockname(out: { address?: string; family?: string; port?: number }): number;
  close(callback?: () => void): void;
  unref(): void;
  /** TCP only: close with a reset. */
  reset?: ((callback?: () => void) => number) | undefined;
}
