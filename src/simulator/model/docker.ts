// SPDX-License-Identifier: MIT
import { take } from '../../common/arguments.js';
import type { Protocol } from '../../common/ports.js';
import { listenOn, startProcess } from './machine-processes.js';
import type { MachineState } from './machine-state.js';
import { onePort } from './port-range.js';
import { checkBlock, checkFree } from './check-block.js';

/** A container to run with a published port. */
export interface ContainerOptions {
  /** The port of Windows. */
  readonly port: number;
  /** Default `tcp`. */
  readonly protocol?: Protocol | undefined;
  /** Default `container-<port>`. */
  readonly name?: string | undefined;
  /**
   * How Docker holds the port: with a socket of com.docker.backend.exe, as Docker Desktop does for Linux containers, which
   * is the default; or with a reservation of one port by the Host Network Service, as for Windows containers.
   */
  readonly heldBy?: 'socket' | 'hns' | undefined;
}

/** A running container. */
export interface ContainerRow {
  readonly name: string;
  readonly protocol: Protocol;
  readonly port: number;
  readonly heldBy: 'socket' | 'hns';
}

interface Container extends ContainerRow {
  /** The id of the socket of the machine. */
  readonly socketId?: number | undefined;
}

export interface SavedDocker {
  readonly installed: boolean;
  readonly backend?: number | undefined;
  readonly containers: readonly Container[];
}

const folder = 'C:\\Program Files\\Docker\\Docker';

/** Docker Desktop with the containers that it runs. */
export class SimulatedDocker {
  readonly #state: MachineState;
  #installed = false;
  /** The key of com.docker.backend.exe. */
  #backend: number | undefined;
  #containers: Container[] = [];

  /** @internal */
  constructor(state: MachineState) {
    this.#state = state;
    state.whenProcessEnds((key) => {
      if (key !== this.#backend) return;
      this.#backend = undefined;
      this.#containers = this.#containers.filter(({ heldBy }) => heldBy === 'hns');
    });
  }

  /** Whether the machine has a docker.exe. */
  get isInstalled(): boolean {
    return this.#installed;
  }

  get containers(): readonly ContainerRow[] {
    return this.#containers.map(({ name, protocol, port, heldBy }) => ({ name, protocol, port, heldBy }));
  }

  /**
   * Runs a container, and Docker Desktop where it does not run.
   *
   * @throws Refusal with what Windows gives for a port that is taken: 10013, 10048, or ERROR_SHARING_VIOLATION (32).
   */
  run(options: ContainerOptions): void {
    const given = take('options', options, ['port', 'protocol', 'name', 'heldBy']) as unknown as ContainerOptions;
    const { protocol = 'tcp', heldBy = 'socket', port, name = `container-${port}` } = given;
    const block = checkBlock({ protocol, ...onePort(port) });
    if (this.#containers.some((container) => container.name === name)) {
      throw new RangeError(`a container named ${name} is running`);
    }
    this.#installed = true;
    const backend = this.#startBackend();
    if (heldBy === 'socket') {
      const socketId = listenOn(this.#state, backend, { protocol, port });
      this.#containers.push({ name, protocol, port, heldBy, socketId });
      return;
    }
    this.#state.addReservation({ ...checkFree(this.#state, block), kind: 'foreign' });
    this.#containers.push({ name, protocol, port, heldBy });
  }

  /**
   * Stops a container, which frees its port.
   *
   * @throws RangeError where no container has this name.
   */
  stop(name: string): void {
    const container = this.#containers.find((each) => each.name === name);
    if (container === undefined) throw new RangeError(`no container is named ${name}`);
    this.#containers = this.#containers.filter((each) => each !== container);
    const { protocol, port, socketId } = container;
    if (socketId !== undefined && this.#backend !== undefined) {
      this.#state.closeSocket(this.#state.socketOf(this.#backend, socketId));
    }
    const reservation = this.#state.pools[protocol].reservationOf(onePort(port));
    if (container.heldBy === 'hns' && reservation !== undefined) this.#state.endReservation(reservation, true);
  }

  /** Ends what a restart of Windows ends: all of Docker. @internal */
  restart(): void {
    this.#backend = undefined;
    this.#containers = [];
  }

  /** @internal */
  save(): SavedDocker {
    return { installed: this.#installed, backend: this.#backend, containers: this.#containers };
  }

  /** @internal */
  restore({ installed, backend, containers }: SavedDocker): void {
    this.#installed = installed;
    this.#backend = backend;
    this.#containers = [...containers];
  }

  #startBackend(): number {
    const executable = `${folder}\\com.docker.backend.exe`;
    this.#backend ??= startProcess(this.#state, {
      executable,
      commandLine: `"${executable}" run`,
      workingDirectory: folder,
      elevated: false,
    });
    return this.#backend;
  }
}
