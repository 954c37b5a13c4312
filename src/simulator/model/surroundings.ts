// SPDX-License-Identifier: MIT
import { maxPort } from '../../common/port-ranges.js';
import type { Protocol } from '../../common/ports.js';
import { type SavedDocker, SimulatedDocker } from './docker.js';
import { type SavedHttpSys, SimulatedHttpSys } from './http-sys.js';
import type { MachineState } from './machine-state.js';
import { SimulatedProcesses } from './processes.js';
import { SimulatedRegistry } from './registry.js';
import { type ServiceRecord, SimulatedServices } from './services.js';
import { type SavedWinNat, SimulatedWinNat } from './win-nat.js';
import { type SavedWsl, SimulatedWsl } from './wsl.js';

/** The surroundings of the ports of a machine, as a file keeps them. */
export interface SavedSurroundings {
  readonly services: readonly ServiceRecord[];
  readonly winNat: SavedWinNat;
  readonly httpSys: SavedHttpSys;
  readonly docker: SavedDocker;
  readonly wsl: SavedWsl;
  /** Numbers of the registry by key and name. */
  readonly registry: Readonly<Record<string, number>>;
}

const protocols: readonly Protocol[] = ['tcp', 'udp'];
const tcpipParameters = 'SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters';

/** The services, programs and settings of a machine that take ports, and give them back. */
export class Surroundings {
  readonly services: SimulatedServices;
  readonly winNat: SimulatedWinNat;
  readonly httpSys: SimulatedHttpSys;
  readonly docker: SimulatedDocker;
  readonly wsl: SimulatedWsl;
  readonly #state: MachineState;
  readonly registry = new SimulatedRegistry();
  readonly processes: SimulatedProcesses;

  constructor(state: MachineState) {
    this.#state = state;
    this.processes = new SimulatedProcesses(state);
    this.services = new SimulatedServices(state);
    this.services.add({ name: 'hns' });
    this.services.add({ name: 'http', running: true });
    this.wsl = new SimulatedWsl(state);
    this.winNat = new SimulatedWinNat(state, this.services, () => {
      this.wsl.loseNetwork();
    });
    this.httpSys = new SimulatedHttpSys(state);
    this.docker = new SimulatedDocker(state);
  }

  /** A restart of Windows, after its processes have ended and reservations that do not last are gone. */
  restart(): void {
    const last = this.registry.read(tcpipParameters, 'MaxUserPort');
    for (const protocol of protocols) {
      const lowest = 1024;
      const isWide = last !== undefined && last > lowest && last <= maxPort;
      const range = isWide ? { startPort: lowest, numberOfPorts: last - lowest + 1 } : this.#state.setRanges[protocol];
      this.#state.pools[protocol].dynamicRange = range;
    }
    this.docker.restart();
    this.wsl.restart();
    this.httpSys.restart();
    this.services.restart();
  }

  save(): SavedSurroundings {
    return {
      services: this.services.save(),
      winNat: this.winNat.save(),
      httpSys: this.httpSys.save(),
      docker: this.docker.save(),
      wsl: this.wsl.save(),
      registry: this.registry.save(),
    };
  }

  restore(saved: SavedSurroundings): void {
    this.services.restore(saved.services);
    this.winNat.restore(saved.winNat);
    this.httpSys.restore(saved.httpSys);
    this.docker.restore(saved.docker);
    this.wsl.restore(saved.wsl);
    this.registry.restore(saved.registry);
  }
}
