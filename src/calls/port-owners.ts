// SPDX-License-Identifier: MIT
import { checkPort, checkProtocol, take } from '../common/arguments.js';
import { getBinding } from '../windows/binding.js';
import { htons, ntohs } from '../windows/byte-order.js';
import { errorFromFailure, isCallFailure } from '../common/errors.js';
import type { PortOwnerRow } from '../windows/native-binding.js';
import type { PortBlock, Protocol } from '../common/ports.js';
import { ipProtocol, tcpState } from '../windows/winsock.js';

/** A state of tcpmib.h, without `MIB_TCP_STATE_` in front. */
export type TcpState = keyof typeof tcpState;

/** A process that has a port. */
export interface PortOwner {
  readonly protocol: Protocol;
  readonly port: number;
  /** The local address, for instance `0.0.0.0`; IPv6 may carry a scope id. */
  readonly address: string;
  /** TCP only: `LISTEN` for a server; others are of connections that have the port as their local one. */
  readonly state?: TcpState;
  /** 0 where the process has ended and its connection lingers, 4 for the kernel, http.sys included. */
  readonly processId: number;
  /**
   * The file name of its program, for instance `node.exe`; absent where Windows does not tell, and for process 0. As it is:
   * it may hold control characters, which a terminal obeys.
   */
  readonly imageName?: string;
  /** The services that run in the process. More than one where services share it; none where Windows does not tell. */
  readonly serviceNames: readonly string[];
}

/** Ports that a virtual machine or a container has through the host, WSL with mirrored networking among them. */
export interface GuestPortReservation extends Omit<PortBlock, 'protocol'> {
  readonly protocol: Protocol | 'both';
}

/** Whose ports. */
export interface ListPortOwnersOptions {
  /** Default both. */
  readonly protocol?: Protocol | undefined;
  /** Only who has this port, 1 to 65535; default every port. */
  readonly port?: number | undefined;
}

/**
 * Lists the processes that have ports: servers and connections of TCP, sockets of UDP, over IPv4 and IPv6.
 *
 * A port that is in no row may still be refused: reservations have no process, and a TCP socket that is bound but neither
 * listens nor is connected is in no table of Windows.
 *
 * Needs no elevation. Calls `GetExtendedTcpTable` and `GetExtendedUdpTable`; the names are those of
 * `CreateToolhelp32Snapshot` and `EnumServicesStatusExW`, which need no rights over the processes either. They are looked
 * up after the table is read: a process that ended in between has no name. One trip to the thread pool for each protocol.
 *
 * @param options - `protocol`: default both. `port`: 1 to 65535, default every port.
 * @returns The rows of TCP before those of UDP, IPv4 before IPv6, by ascending addresses. None where nobody has the port.
 * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`: an option is wrong; Windows was not asked.
 * @throws {@link PortReservationError} `ERR_UNSUPPORTED_PLATFORM`, `ERR_ADDON_NOT_LOADED`, or the error of a call, which
 * is not known to fail.
 * @example
 * const [owner] = await listPortOwners({ protocol: 'tcp', port: 3000 });
 * if (owner) console.log(`${owner.imageName} (process ${owner.processId}) has the port`);
 */
export async function listPortOwners(options: ListPortOwnersOptions = {}): Promise<PortOwner[]> {
  const { protocol, port } = take('options', options, ['protocol', 'port']);
  if (protocol !== undefined) checkProtocol('options.protocol', protocol);
  if (port !== undefined) checkPort('options.port', port, 1);

  const binding = getBinding();
  const protocols: Protocol[] = protocol === undefined ? ['tcp', 'udp'] : [protocol];
  const tables = await Promise.all(
    protocols.map(async (each) => {
      const rows = await binding.listPortOwners(ipProtocol[each], htons(port ?? 0));
      if (isCallFailure(rows)) throw errorFromFailure(binding, rows, { protocol: each, startPort: port });
      return rows.map((row) => ownerOf(each, row));
    }),
  );
  return tables.flat();
}

/**
 * Lists the ports that virtual machines and containers have reserved on this host, those of WSL with mirrored networking
 * among them: no process has them, and netsh does not list them.
 *
 * Expect to need an elevated process: Microsoft does not say. Calls `HcnEnumerateGuestNetworkPortReservations` of
 * computenetwork.dll, which is documented for Windows 10 1809 and later. It asks the Host Network Service.
 *
 * @returns The reservations; undefined on a Windows without computenetwork.dll or without the function.
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
    numberOfPorts: endPort - startPort + 1,
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
