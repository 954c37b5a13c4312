// SPDX-License-Identifier: MIT
import { errorCodes } from '../../dist/common/error-codes.js';
import { MemoryAccess, perform } from '../../dist/simulator/machine-access.js';
import { isFreeOnHost } from '../../dist/simulator/ordinary-binds.js';
import { runSimulatedNetsh } from '../../dist/simulator/simulated-netsh.js';
import {
  decodeBind,
  decodeBound,
  decodeClose,
  decodeIoctl,
  decodeLookup,
  decodeNetsh,
  decodePersistent,
  decodePortOwners,
  decodePortRange,
  encodeAnswer,
  encodeGuestReservation,
  encodeOwner,
  encodeReservation,
  encodeToken,
  ioctlName,
  op,
  portOf,
  verdict,
  withPort,
} from './frames.mjs';

const { WSAEADDRINUSE, WSAEINVAL, WSAEOPNOTSUPP } = errorCodes;

/** The six functions in the order in which the stand-in numbers them. */
const persistentCalls = [
  ['CreatePersistentTcpPortReservation', 'tcp', 'createPersistentPortReservation'],
  ['CreatePersistentUdpPortReservation', 'udp', 'createPersistentPortReservation'],
  ['DeletePersistentTcpPortReservation', 'tcp', 'deletePersistentPortReservation'],
  ['DeletePersistentUdpPortReservation', 'udp', 'deletePersistentPortReservation'],
  ['LookupPersistentTcpPortReservation', 'tcp', 'lookupPersistentPortReservation'],
  ['LookupPersistentUdpPortReservation', 'udp', 'lookupPersistentPortReservation'],
];

const done = encodeAnswer(verdict.return, 0);
const refuse = (errorNumber) => encodeAnswer(verdict.return, errorNumber);
const answer = (result, encode = () => done) => (result?.errorNumber ? refuse(result.errorNumber) : encode(result));

/**
 * Serves one Windows process on the machine: decodes the bytes of its calls, asks the model, and encodes the answers.
 */
export class MachineProcess {
  #access;
  #gates;
  #record;
  /** Ids of the model by SOCKET. */
  #sockets = new Map();
  /** Binds for which the model has named a port but the real bind has not reported its outcome yet. */
  #binds = new Map();

  constructor(machine, { elevated, processId }, gates, record) {
    this.#gates = gates;
    this.#access = new MemoryAccess(machine, elevated, { processId });
    this.#record = record;
  }

  exit() {
    this.#access.exit();
  }

  async handle(frame) {
    switch (frame.readUInt8(0)) {
      case op.persistent:
        return this.#persistent(frame);
      case op.ioctl:
        return this.#ioctl(frame);
      case op.bind:
        return this.#bind(frame);
      case op.bound:
        return this.#bound(frame);
      case op.close:
        return this.#close(frame);
      case op.netsh:
        return this.#netsh(frame);
      case op.guestPortReservations:
        return this.#guestPortReservations();
      case op.portOwners:
        return this.#portOwners(frame);
      case op.lookup:
        return this.#lookup(frame);
      default:
        throw new Error(`the stand-in sent op ${frame.readUInt8(0)}`);
    }
  }

  async #persistent(frame) {
    const { which, startPort, numberOfPorts } = decodePersistent(frame);
    const [call, protocol, method] = persistentCalls[which];
    this.#record(call, frame.subarray(2, 6));
    const result = await this.#perform(call, (process) => process[method](protocol, startPort, numberOfPorts));
    return answer(result, (token) =>
      token === undefined ? done : encodeAnswer(verdict.return, 0, encodeToken(token)),
    );
  }

  async #ioctl(frame) {
    const { code, input, outputCapacity, ...socket } = decodeIoctl(frame);
    const call = ioctlName.get(code);
    this.#record(call, input);
    if (socket.protocol === undefined) return refuse(WSAEOPNOTSUPP.errorNumber);
    if (call.includes('ACQUIRE')) {
      if (input.length < 4 || outputCapacity < 16) return refuse(WSAEINVAL.errorNumber);
      const { startPort, numberOfPorts } = decodePortRange(input);
      const suits = (range) => isFreeOnHost(socket.protocol, range);
      const acquired = await this.#perform(call, (process) =>
        process.acquirePortReservation(this.#idOf(process, socket), startPort, numberOfPorts, suits),
      );
      return answer(acquired, (reservation) => encodeAnswer(verdict.return, 0, encodeReservation(reservation)));
    }
    if (input.length < 8) return refuse(WSAEINVAL.errorNumber);
    const method = call.includes('ASSOCIATE') ? 'associatePortReservation' : 'releasePortReservation';
    const token = input.readBigUInt64LE(0);
    return answer(await this.#perform(call, (process) => process[method](this.#idOf(process, socket), token)));
  }

  async #bind(frame) {
    const { sockaddr, ...socket } = decodeBind(frame);
    this.#record('bind', sockaddr);
    const bind = { sockaddr, candidates: undefined };
    this.#binds.set(socket.socket, bind);
    return answer(
      await this.#perform('bind', (process) => {
        // The real bind decides which sockets may share a port, so the model gets no address.
        bind.candidates = process.bindCandidates(this.#idOf(process, socket), portOf(sockaddr), []);
        return this.#tryNext(bind);
      }),
      (next) => next,
    );
  }

  async #bound(frame) {
    const { socket, errorNumber, sockaddr } = decodeBound(frame);
    const bind = this.#binds.get(socket);
    const mayTryAgain = errorNumber === WSAEADDRINUSE.errorNumber && portOf(bind.sockaddr) === 0;
    const result = await this.#perform('bind: report', (process) => {
      if (mayTryAgain) return this.#tryNext(bind);
      if (errorNumber === 0) process.confirmBind(this.#sockets.get(socket), portOf(sockaddr), []);
      return refuse(errorNumber);
    });
    if (!mayTryAgain) this.#binds.delete(socket);
    return answer(result, (next) => next);
  }

  async #close(frame) {
    const { socket } = decodeClose(frame);
    const id = this.#sockets.get(socket);
    this.#sockets.delete(socket);
    this.#binds.delete(socket);
    if (id === undefined) return done;
    return answer(await this.#perform('closesocket', (process) => process.closeSocket(id)));
  }

  /** An error of Windows is sent without output: the stand-in netsh prints the text of Windows. */
  async #netsh(frame) {
    const { args } = decodeNetsh(frame);
    return answer(await runSimulatedNetsh(this.#access, args), ({ exitCode, output }) =>
      encodeAnswer(verdict.return, exitCode, Buffer.from(output)),
    );
  }

  async #guestPortReservations() {
    const call = 'HcnEnumerateGuestNetworkPortReservations';
    const blocks = await this.#perform(call, (process, machine) => machine.guestPortReservations(process));
    return answer(blocks, () => encodeAnswer(verdict.return, 0, Buffer.concat(blocks.map(encodeGuestReservation))));
  }

  /** Each table is a separate call, so that a test can make one of them fail. */
  async #portOwners(frame) {
    const { protocol, family } = decodePortOwners(frame);
    const call = `GetExtended${protocol === 'tcp' ? 'Tcp' : 'Udp'}Table${family === 6 ? '(AF_INET6)' : ''}`;
    const owners = await this.#perform(call, (_, machine) => machine.portOwners(protocol));
    return answer(owners, () => encodeAnswer(verdict.return, 0, Buffer.concat(owners.map(encodeOwner))));
  }

  /** A call without rules, which a test can make fail. */
  async #lookup(frame) {
    const { call, bytes } = decodeLookup(frame);
    this.#record(call, bytes);
    return answer(await this.#perform(call, () => undefined));
  }

  async #perform(call, work) {
    await this.#gates.pass(call);
    return perform(this.#access, call, work);
  }

  #tryNext({ sockaddr, candidates }) {
    return encodeAnswer(verdict.bind, 0, withPort(sockaddr, candidates.next().value));
  }

  #idOf(process, { socket, protocol, family }) {
    const known = this.#sockets.get(socket);
    if (known !== undefined) return known;
    const id = process.openSocket(protocol, family);
    this.#sockets.set(socket, id);
    return id;
  }
}
