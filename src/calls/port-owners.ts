// SPDX-License-Identifier: MIT
import { checkBoolean, checkInteger, checkPort, maxProcessId, checkProtocol, take } from '../common/arguments.js';
import { getBinding } from '../windows/binding.js';
import { htons, ntohs } from '../windows/byte-order.js';
import { errorFromFailure, isCallFailure } from '../common/errors.js';
import type { PortOwnerRow } from '../windows/native-binding.js';
import { lengthOf } from '../common/port-ranges.js';
import type { PortRange, Protocol } from '../common/ports.js';
import { ipProtocol, tcpState } from '../windows/winsock.js';
import { detailsOf, readProcessTable, type OwnerDetails } from './owner-details.js';

/** A TCP state of tcpmib.h, without the prefix `MIB_TCP_STATE_`. */
export type TcpState = keyof typeof tcpState;

/**
 * A process that uses a port. The details, such as its command line, are there where {@link listPortOwners} was asked for
 * them and Windows tells them.
 */
export interface PortOwner extends OwnerDetails {
  readonly protocol: Protocol;
  readonly port: number;
  /** The local address, for instance `0.0.0.0`; IPv6 may carry a scope id. */
  readonly address: string;
  /** TCP only: `LISTEN` for a server; the other states belong to connections whose local port this is. */
  readonly state?: TcpState;
  /** 0 where the process has ended and its connection lingers; 4 for the kernel, including http.sys. */
  readonly processId: number;
  /**
   * The file name of the process's program, for instance `node.exe`; absent where Windows gives none, and for process 0. It
   * is not escaped: it may contain control characters, which a terminal obeys.
   */
  readonly imageName?: string;
  /** The services that run in the process: several where they share it, none where Windows does not tell. */
  readonly serviceNames: readonly string[];
}

/** Ports of the host that a virtual machine or a container has reserved, including WSL with mirrored networking. */
export interface GuestPortReservation extends PortRange {
  readonly protocol: Protocol | 'both';
  /** The last port, inside the block. */
  readonly endPort: number;
}

/** Selects the ports to list. */
export interface ListPortOwnersOptions {
  /** Default both. */
  readonly protocol?: Protocol | undefined;
  /** Lists only the owners of this port, 1 to 65535; default every port. */
  readonly port?: number | undefined;
  /** Lists only the ports of this process; default every process. */
  readonly processId?: number | undefined;
  /** Whether to ask for what identifies each process: its command line, parents and so on. Default true with `port`. */
  readonly details?: boolean | undefined;
}

/**
 * Lists the processes that use ports: with TCP servers and connections and with UDP sockets, over IPv4 and IPv6.
 *
 * Windows may refuse a port that is in no row: a reservation has no process, and no table of Windows shows a TCP socket
 * that is bound but neither listens nor is connected.
 *
 * Needs no elevation. Calls `GetExtendedTcpTable` and `GetExtendedUdpTable`; the names come from
 * `CreateToolhelp32Snapshot` and `EnumServicesStatusExW`, which need no rights over the processes either. The names are
 * read after the table, so a process that ends in between has no name. Each protocol takes one trip to the thread pool.
 *
 * The details take two more trips, and call `OpenProcess`, `GetProcessTimes`, `QueryFullProcessImageNameW`,
 * `NtQueryInformationProcess`, `ReadProcessMemory` and `LookupAccountSidW`. Windows tells an elevated process more of them
 * about the processes of other users.
 *
 * @param options - `protocol`: default both. `port`: 1 to 65535, default every port. `processId`: 0 to 4294967295, default
 * every process. `details`: default true with `port`.
 * @returns The rows of TCP before those of UDP, IPv4 before IPv6, by ascending addresses. Empty where no process uses the
 * port, and where the process uses none.
 * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`: an option is wrong; Windows was not asked.
 * @throws {@link PortReservationError} `ERR_UNSUPPORTED_PLATFORM`, `ERR_ADDON_NOT_LOADED`, or the error of a call, which
 * is not known to fail.
 * @example
 * const [owner] = await listPortOwners({ protocol: 'tcp', port: 3000 });
 * if (owner) console.log(`${owner.commandLine} (process ${owner.processId}) has the port`);
 */
export async function listPortOwners(options: ListPortOwnersOptions = {}): Promise<PortOwner[]> {
  const given = take('options', options, ['protocol', 'port', 'processId', 'details']);
  const { protocol, port, processId, details = port !== undefined } = given;
  if (protocol !== undefined) checkProtocol('options.protocol', protocol);
  if (port !== undefined) checkPort('options.port', port, 1);
  if (processId !== undefined) checkInteger('options.processId', processId, 0, maxProcessId);
  checkBoolean('options.details', details);

  const binding = getBinding();
  const protocols: Protocol[] = protocol === undefined ? ['tcp', 'udp'] : [protocol];
  const tables = await Promise.all(
    protocols.map(async (each) => {
      const rows = await binding.listPortOwners(ipProtocol[each], htons(port ?? 0));
      if (isCallFailure(rows)) throw errorFromFailure(binding, rows, { protocol: each, startPort: port });
      return rows.map((row) => ownerOf(each, row));
    }),
  );
  const owners = tables.flat().filter((owner) => processId === undefined || owner.processId === processId);
  return details ? addDetails(owners) : owners;
}

/** Adds the details of the processes to rows that were listed without them. */
export async function addDetails(owners: readonly PortOwner[]): Promise<PortOwner[]> {
  // Process 0 is none.
  const ids = [...new Set(owners.map(({ processId }) => processId))].filter((processId) => processId !== 0);
  if (ids.length === 0) return [...owners];
  const table = await readProcessTable(ids);
  return owners.map((owner) => ({ ...owner, ...detailsOf(owner.processId, table) }));
}

/**
 * Lists the ports that virtual machines and containers have reserved on this host, including WSL with mirrored networking.
 * These ports belong to no process, and netsh does not list them.
 *
 * Expect to need an elevated process. The ports are read in host byte order. Microsoft documents neither. Calls
 * `HcnEnumerateGuestNetworkPortReservations` of computenetwork.dll, which is documented for Windows 10 1809 and later. It
 * asks the Host Network Service.
 *
 * @returns The reservations; undefined where this Windows lacks computenetwork.dll or the function.
 * @throws {@link PortReservationError} `E_ACCESSDENIED`: not elevated. `WIN32_ERROR_<n>`: another HRESULT, or the error
 * with which computenetwork.dll could not be loaded. `ERR_UNSUPPORTED_PLATFORM`, `ERR_ADDON_NOT_LOADED`.
 * @example
 * for (const { startPort, numberOfPorts } of (await listGuestPortReservations()) ?? []) console.log(startPort, numberOfPorts);
 */
export async function listGuestPortReservations(): Promise<GuestPortReservation[] | undefined> {
  const binding = getBinding();
  const rows = await binding.listGuestPortReservations();
  if (isCallFailure(rows)) throw errorFromFailure(binding, rows, {});
  return rows?.map(({ protocol, startPort, endPort }) => ({
    protocol: guestProtocol[protocol] ?? 'both',
    startPort,
    numberOfPorts: lengthOf({ startPort, endPort }),
    endPort,
  }));
}

/** HCN_PORT_PROTOCOL. */
const guestProtocol: Record<number, Protocol | 'both'> = { 1: 'tcp', 2: 'udp', 3: 'both' };

const stateNames = new Map<number, TcpState>(
  (Object.keys(tcpState) as TcpState[]).map((name) => [tcpState[name], name]),
);

function ownerOf(protocol: Protocol, row: PortOwnerRow): PortOwner {
  const { address, portNetworkOrder, processId, imageName, serviceNames } = row;
  const state = stateNames.get(row.state);
  return {
    protocol,
    port: ntohs(portNetworkOrder),
    address,
    ...(state !== undefined && { state }),
    processId,
    ...(imageName !== '' && { imageName }),
    serviceNames,
  };
}
