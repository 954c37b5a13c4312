// SPDX-License-Identifier: MIT
// Acts that change every part of a simulated machine, for tests of histories.
import type { SimulatedWindows } from '../../../src/simulator/model/machine.js';
import type { SimulatedProcess } from '../../../src/simulator/model/process.js';
import { bind, bindNew, openAssociated, refusalOf } from './helpers.js';

export type Act = (machine: SimulatedWindows, process: SimulatedProcess, seed: number) => void;

export const acts: Act[] = [
  (machine, _, seed) => {
    machine.addExcludedPortRange({ protocol: 'tcp', startPort: 50_000 + (seed % 60), numberOfPorts: 1 + (seed % 3) });
  },
  (machine, _, seed) => {
    machine.addUnlistedReservation({ protocol: 'udp', startPort: 50_000 + (seed % 60), numberOfPorts: 2 }, 10_013);
  },
  (_, process, seed) => {
    process.createPersistentPortReservation('udp', 50_000 + (seed % 60), 1 + (seed % 3));
  },
  (_, process, seed) => {
    const owner = process.openSocket('tcp', 6);
    const { token } = process.acquirePortReservation(owner, 0, 1 + (seed % 5));
    bind(process, openAssociated(process, token), 0);
    if (seed % 3 === 0) process.closeSocket(owner);
    if (seed % 3 === 1) process.releasePortReservation(owner, token);
  },
  (_, process) => {
    bindNew(process, 0);
  },
  (machine, _, seed) => {
    if (seed % 10 === 0) machine.restart();
  },
  (machine, _, seed) => {
    const block = { protocol: 'tcp', startPort: 50_000 + (seed % 60), numberOfPorts: 1 + (seed % 3) } as const;
    if (seed % 2 === 0) machine.deleteExcludedPortRange(block, seed % 4 === 0 ? 'active' : 'persistent');
    else machine.addForeignReservation(block);
  },
  (_, process, seed) => {
    process.deletePersistentPortReservation('udp', 50_000 + (seed % 60), 1 + (seed % 3));
  },
  (machine, process, seed) => {
    machine.useTokens(BigInt(1 + (seed % 9)));
    const block = { protocol: 'tcp', startPort: 50_000 + (seed % 60), numberOfPorts: 1 } as const;
    if (seed % 2 === 0) machine.addExcludedPortRange(block);
    process.lookupPersistentPortReservation('tcp', block.startPort, 1);
  },
  (machine, process, seed) => {
    machine.failNext('bind', 10_013);
    if (seed % 2 === 0) machine.takeFailure('bind');
    if (seed % 3 === 0) process.exit();
  },
  (machine, _, seed) => {
    machine.winNat.addBlock({ protocol: 'tcp', startPort: 50_000 + (seed % 60), numberOfPorts: 2 });
    if (seed % 2 === 0) machine.services.stop('winnat');
  },
  (machine, _, seed) => {
    machine.registry.write('SYSTEM', 'MaxUserPort', seed % 2 === 0 ? 60_000 : undefined);
    machine.setDynamicRange({ protocol: 'tcp', startPort: 50_000, numberOfPorts: 255 + (seed % 3) });
  },
  (machine, _, seed) => {
    machine.wsl.start({ mode: seed % 2 === 0 ? 'nat' : 'mirrored' });
    machine.wsl.listen(50_000 + (seed % 60));
    if (seed % 3 === 0) machine.wsl.shutDown();
  },
  (_, process) => {
    process.openSocket('tcp', 4);
  },
  (machine, process, seed) => {
    const unbound = machine.save().sockets.find(({ processId, bound }) => processId === process.id && !bound);
    if (unbound !== undefined && seed % 2 === 0) bind(process, unbound.id, 0);
    else if (unbound !== undefined) process.acquirePortReservation(unbound.id, 50_000 + (seed % 60), 1);
  },
  (machine, _, seed) => {
    machine.httpSys.listen(50_000 + (seed % 60));
  },
];

/** Has one of two processes act on the machine, or a new process if that one has ended. */
export function perform(act: Act, machine: SimulatedWindows, seed: number): void {
  const [first] = machine.save().processes.filter(({ elevated }) => elevated === (seed % 2 === 0));
  const process = first ? machine.process(first.id) : machine.startProcess({ elevated: seed % 2 === 0 });
  try {
    refusalOf(() => {
      act(machine, process, seed);
    });
  } catch (error) {
    // Programs of Linux cannot run where WSL does not, or runs in another mode.
    if (!(error instanceof RangeError)) throw error;
  }
}
