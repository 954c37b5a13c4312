// SPDX-License-Identifier: MIT
import { installAccess } from './install.js';
import { alone, type MachineAccess, type SharedMachine } from './machine-access.js';
import { MachineFile } from './file/machine-file.js';
import { SimulatedWindows } from './model/machine.js';
import { unlessRefused } from './model/refusal.js';
import type { SavedMachine } from './model/saved-machine.js';

/** Puts this thread on the machine of the thread that shared it. A copy does not see what happens to the original. */
export function joinMachine(shared: SharedMachine): void {
  installAccess('file' in shared ? new MachineFile(shared.file, shared.elevated) : new CopyAccess(shared));
}

class CopyAccess implements MachineAccess {
  readonly #machine: SimulatedWindows;
  readonly #processId: number;
  readonly killOnHost = alone.killOnHost;
  readonly startElevated = alone.startElevated;

  constructor({ saved, processId }: Extract<SharedMachine, { saved: SavedMachine }>) {
    this.#machine = SimulatedWindows.restore(saved);
    this.#processId = processId;
  }

  transact: MachineAccess['transact'] = (work) => work(this.#machine.process(this.#processId), this.#machine);

  settle: MachineAccess['settle'] = (work) => {
    unlessRefused(() => {
      this.transact(work);
    });
  };

  share(): SharedMachine {
    return { saved: this.#machine.save(), processId: this.#processId };
  }
}
