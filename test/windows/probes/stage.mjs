// SPDX-License-Identifier: MIT
import {
  addExcludedPortRange,
  createPersistentTcpPortReservation,
  deleteExcludedPortRange,
  deletePersistentTcpPortReservation,
  errorCodes,
  isElevated,
  ReservationSocket,
} from 'win-port-reservation';
import { getBinding } from '../../../dist/windows/binding.js';
import { numberOf, Unanswered } from './outcome.mjs';
import { steps } from './steps.mjs';

const attempts = 50;

/** Gives one probe its tools, and cleans up everything that it makes. */
export class Stage {
  #surroundings;
  #cleanups = [];
  /** Remarks for the report, besides the answer. */
  notes = [];

  /**
   * @param {object} surroundings
   * @param {typeof import('./other-processes.mjs').inAnotherProcess} surroundings.inAnotherProcess
   * @param {import('win-port-reservation').ExcludedPortRange[]} surroundings.foreign The rows without a star before the
   * first probe.
   */
  constructor(surroundings) {
    this.#surroundings = surroundings;
  }

  /** Cleans up as much as possible, even if a step fails. */
  async end() {
    const errors = [];
    for (const cleanup of this.#cleanups.splice(0).reverse()) {
      try {
        await cleanup();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }

  defer(cleanup) {
    this.#cleanups.push(cleanup);
  }

  /** Takes a step in another process, which is elevated like this one. */
  elsewhere(step, args) {
    return this.#surroundings.inAnotherProcess(step, args, { elevated: true });
  }

  /** Takes a step in a process that is not elevated: in this one, if it is not. */
  notElevated(step, args = {}) {
    return isElevated() ? this.#surroundings.inAnotherProcess(step, args, { elevated: false }) : this.here(step, args);
  }

  /** Takes a step in this process. */
  here(step, args) {
    return steps[step](getBinding(), args);
  }

  /** Finds ports of another part of Windows: a block of WinNAT or HNS if there is one, otherwise a port of http.sys. */
  foreignBlock(protocol) {
    const rows = this.#surroundings.foreign.filter((row) => row.protocol === protocol);
    const [row] = rows.sort((one, other) => other.endPort - other.startPort - (one.endPort - one.startPort));
    if (row === undefined) throw new Unanswered('no part of this Windows has reserved ports: no row without a star');
    this.notes.push(`ports ${row.startPort}-${row.endPort} of Windows`);
    return { startPort: row.startPort, numberOfPorts: row.endPort - row.startPort + 1 };
  }

  /** Finds the first of consecutive ports below every dynamic range to which no socket is bound. */
  async freeBlock(numberOfPorts) {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const startPort = 10_000 + Math.floor(Math.random() * 20_000);
      if (await this.#isFree(startPort, numberOfPorts)) return startPort;
    }
    throw new Unanswered(`no ${numberOfPorts} consecutive ports are free`);
  }

  async #isFree(startPort, numberOfPorts) {
    for (let port = startPort; port < startPort + numberOfPorts; port += 1) {
      for (const protocol of ['tcp', 'udp']) {
        if ((await this.here('bind', { protocol, port, host: '0.0.0.0' })) !== 0) return false;
        // A machine may have no IPv6.
        const number = await this.here('bind', { protocol, family: 6, port, host: '::' });
        if (number === errorCodes.WSAEADDRINUSE.errorNumber) return false;
      }
    }
    return true;
  }

  async open(protocol = 'tcp', family = 4) {
    const socket = await ReservationSocket.open({ protocol, family });
    this.defer(() => socket[Symbol.asyncDispose]());
    return socket;
  }

  /** Acquires a block on a socket of this process. */
  async acquire({ protocol = 'tcp', family = 4, numberOfPorts = 4, startPort = 0 } = {}) {
    const owner = await this.open(protocol, family);
    return { owner, ...(await owner.acquirePortReservation({ startPort, numberOfPorts })) };
  }

  async associate(token, protocol = 'tcp', family = 4) {
    const socket = await this.open(protocol, family);
    await socket.associatePortReservation(token);
    return socket;
  }

  /** Creates a persistent reservation of TCP ports. */
  async createPersistent(numberOfPorts = 4) {
    const startPort = await this.freeBlock(numberOfPorts);
    this.defer(() => this.#deletePersistent(startPort, numberOfPorts));
    const token = await createPersistentTcpPortReservation(startPort, numberOfPorts);
    return { protocol: 'tcp', startPort, numberOfPorts, token };
  }

  async #deletePersistent(startPort, numberOfPorts) {
    const number = await numberOf(deletePersistentTcpPortReservation(startPort, numberOfPorts));
    const isGone = number === 0 || number === errorCodes.ERROR_NOT_FOUND.errorNumber;
    if (!isGone) this.notes.push(`the persistent reservation of tcp ${startPort} is left behind (${number})`);
  }

  /** Tries to create a persistent reservation of TCP ports, and returns the error number. */
  async creation(startPort, numberOfPorts) {
    const number = await numberOf(createPersistentTcpPortReservation(startPort, numberOfPorts));
    if (number === 0) this.defer(() => this.#deletePersistent(startPort, numberOfPorts));
    return number;
  }

  /** Adds an administered exclusion of TCP ports. */
  async exclude(numberOfPorts = 4) {
    const block = { protocol: 'tcp', startPort: await this.freeBlock(numberOfPorts), numberOfPorts };
    await addExcludedPortRange(block);
    this.defer(() => deleteIfThere(block));
    return block;
  }

  /** Tries to exclude a block, and returns the error number. */
  async exclusion({ protocol, startPort, numberOfPorts }) {
    const block = { protocol, startPort, numberOfPorts };
    const number = await numberOf(addExcludedPortRange(block));
    if (number === 0) this.defer(() => deleteExcludedPortRange(block));
    return number;
  }
}

/** Ignores errors, because a probe may have deleted the exclusion in another way. */
async function deleteIfThere(block) {
  try {
    await numberOf(deleteExcludedPortRange(block));
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
  }
}
