// SPDX-License-Identifier: MIT
import { lastPortOf } from '../common/port-ranges.js';
import { type CallFailure, isCallFailure } from '../common/errors.js';
import { threadId } from 'node:worker_threads';
import { htons, ntohs } from '../windows/byte-order.js';
import { errorCodes, findErrorCode } from '../common/error-codes.js';
import type {
  NativeBinding,
  OpenedSocket,
  PersistentCall,
  PortOwnerRow,
  SocketRequest,
} from '../windows/native-binding.js';
import type { Protocol } from '../common/ports.js';
import { addressFamily, ipProtocol, tcpState } from '../windows/winsock.js';
import { perform, type MachineAccess } from './machine-access.js';
import type { SimulatedWindows } from './model/machine.js';
import type { SimulatedProcess } from './model/process.js';
import { simulatedMachine } from './simulated-machine.js';
import { SimulatedSocket } from './simulated-socket.js';

/** Stands in for the addon, for one process of a simulated machine. */
export function simulatedBinding(access: MachineAccess): NativeBinding {
  const persistent =
    <Result>(
      call: string,
      protocol: Protocol,
      work: (process: SimulatedProcess) => (protocol: Protocol, startPort: number, numberOfPorts: number) => Result,
    ): PersistentCall<Result> =>
    (startPortNetworkOrder, numberOfPorts) =>
      perform(access, call, (process) => work(process)(protocol, ntohs(startPortNetworkOrder), numberOfPorts));

  const create = (process: SimulatedProcess) => process.createPersistentPortReservation.bind(process);
  const lookup = (process: SimulatedProcess) => process.lookupPersistentPortReservation.bind(process);
  const remove =
    (process: SimulatedProcess) =>
    (...block: [Protocol, number, number]): undefined => {
      process.deletePersistentPortReservation(...block);
    };

  return {
    ...simulatedMachine(access),
    createPersistentTcpPortReservation: persistent('CreatePersistentTcpPortReservation', 'tcp', create),
    createPersistentUdpPortReservation: persistent('CreatePersistentUdpPortReservation', 'udp', create),
    deletePersistentTcpPortReservation: persistent('DeletePersistentTcpPortReservation', 'tcp', remove),
    deletePersistentUdpPortReservation: persistent('DeletePersistentUdpPortReservation', 'udp', remove),
    lookupPersistentTcpPortReservation: persistent('LookupPersistentTcpPortReservation', 'tcp', lookup),
    lookupPersistentUdpPortReservation: persistent('LookupPersistentUdpPortReservation', 'udp', lookup),
    openSocket: (request) => openSocket(access, request),
    listPortOwners: (protocol, portNetworkOrder) =>
      perform(access, protocol === ipProtocol.tcp ? 'GetExtendedTcpTable' : 'GetExtendedUdpTable', (_, machine) =>
        ownerRows(machine, protocol, ntohs(portNetworkOrder)),
      ),
    listGuestPortReservations: () =>
      perform(access, 'HcnEnumerateGuestNetworkPortReservations', (process, machine) =>
        machine.guestPortReservations(process).map(({ protocol, startPort, numberOfPorts }) => ({
          protocol: protocol === 'tcp' ? 1 : 2,
          startPort,
          endPort: lastPortOf({ startPort, numberOfPorts }),
        })),
      ),
    formatMessage: (errorNumber) => {
      const code = findErrorCode(errorNumber);
      return code ? errorCodes[code].meaning : '';
    },
    isElevated: () => access.transact((process) => process.elevated),
  };
}

function ownerRows(machine: SimulatedWindows, protocol: number, wanted: number): PortOwnerRow[] {
  const isTcp = protocol === ipProtocol.tcp;
  const owners = machine.portOwners(isTcp ? 'tcp' : 'udp', wanted === 0 ? undefined : wanted);
  return owners.map(({ address, port, processId, imageName }) => ({
    address,
    portNetworkOrder: htons(port),
    // The machine does not know which TCP sockets listen; most bound ones do.
    state: isTcp ? tcpState.LISTEN : 0,
    processId,
    imageName,
    serviceNames: machine.services.namesIn(processId),
  }));
}

async function openSocket(access: MachineAccess, request: SocketRequest): Promise<OpenedSocket | CallFailure> {
  const protocol = request.protocol === ipProtocol.tcp ? 'tcp' : 'udp';
  const family = request.family === addressFamily[4] ? 4 : 6;
  const socketId = await perform(access, 'WSASocketW', (process) => process.openSocket(protocol, family, threadId));
  if (isCallFailure(socketId)) return socketId;

  const socket = new SimulatedSocket(access, socketId, protocol, family);
  let opened: OpenedSocket | CallFailure | undefined;
  try {
    opened = await takeSteps(socket, request);
    return opened;
  } finally {
    if (opened === undefined || isCallFailure(opened)) socket.discard();
  }
}

async function takeSteps(
  socket: SimulatedSocket,
  { acquire, associate, bind }: SocketRequest,
): Promise<OpenedSocket | CallFailure> {
  const reservation = acquire && (await socket.acquirePortReservation(acquire));
  if (isCallFailure(reservation)) return reservation;
  const associated = associate === undefined ? undefined : await socket.associatePortReservation(associate);
  if (isCallFailure(associated)) return associated;
  const address = bind && (await socket.bind(bind));
  if (isCallFailure(address)) return address;
  return { socket, ...(reservation && { reservation }), ...(address && { address }) };
}
