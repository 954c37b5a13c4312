// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import {
  type Assumption,
  type AssumptionName,
  type Assumptions,
  assumptions,
  install,
  SimulatedWindows,
} from 'win-port-reservation/simulator';
import { MemoryAccess } from '../../../dist/simulator/machine-access.js';
import { simulatedBinding } from '../../../dist/simulator/simulated-binding.js';
import { probes, type Result, runProbes, withoutProbe } from '../../windows/probes/run-probes.mjs';
import { steps } from '../../windows/probes/steps.mjs';

// Tries the probes of real Windows on the model, where the answers are known.

const names = Object.keys(assumptions) as AssumptionName[];
/** The ports that a part of Windows has reserved. */
const ofWindows = { protocol: 'tcp', startPort: 5000, numberOfPorts: 20 } as const;
const probed = names.filter((name) => withoutProbe[name] === undefined);

/**
 * Runs every probe in this process, elevated or not, on a machine with other assumptions, and checks that nothing is
 * left.
 */
async function probe(overrides: Partial<Assumptions> = {}, elevated = true): Promise<Result[]> {
  // The range is small because some probes use all of it.
  const dynamicRange = { startPort: 50_000, numberOfPorts: 256 };
  const machine = new SimulatedWindows({ dynamicRange, assumptions: overrides });
  machine.addForeignReservation(ofWindows);
  const simulation = install(machine, { elevated });
  try {
    return await runProbes({
      async inAnotherProcess(step, args, options) {
        const access = new MemoryAccess(machine, options.elevated, { processId: 4242, imageName: 'other.exe' });
        const outcome = await steps[step](simulatedBinding(access), args);
        access.exit();
        return outcome;
      },
    });
  } finally {
    simulation.uninstall();
    const { reservations, sockets } = machine.save();
    expect({ reservations, sockets }).toEqual({ reservations: [{ kind: 'foreign', ...ofWindows }], sockets: [] });
  }
}

/** Returns another value than the assumption's; for an error, one for which netsh has a text. */
function otherValue({ kind, value }: Assumption<number | boolean>): number | boolean {
  if (kind === 'rule') return !value;
  return kind === 'outcome' && value !== 0 ? 0 : 87;
}

function namesOf(results: Result[], isOne: (result: Result) => boolean): string[] {
  return results.filter(isOne).map(({ assumption }) => assumption);
}

describe('the probes of the assumptions', () => {
  it('cover every assumption or give a reason', () => {
    expect([...Object.keys(probes), ...Object.keys(withoutProbe)].sort()).toEqual([...names].sort());
  });

  it('agree with the model on a machine with its assumptions', async () => {
    const results = await probe();
    expect(namesOf(results, ({ defect }) => defect !== undefined)).toEqual([]);
    expect(namesOf(results, ({ agrees }) => agrees === true)).toEqual(probed);
    expect(results.map(({ assumption }) => assumption)).toEqual(names);
  });

  it('answer what they can in a process that is not elevated, and report what they cannot', async () => {
    const results = await probe({}, false);
    expect(namesOf(results, ({ agrees, defect }) => agrees === false || defect !== undefined)).toEqual([]);
    const unanswered = results.filter(({ agrees }) => agrees === null);
    for (const { assumption, notes } of unanswered) {
      expect(notes, assumption).toContainEqual(expect.stringMatching(/needs (an elevated process|WSL)/));
    }
    expect(namesOf(results, ({ agrees }) => agrees === true)).toContain('checksArgumentsBeforeElevation');
  });

  it.each(probed)('notice that %s is wrong, and only that', async (name) => {
    const other = otherValue(assumptions[name]);
    const results = await probe({ [name]: other });
    expect(namesOf(results, ({ defect }) => defect !== undefined)).toEqual([]);
    expect(namesOf(results, ({ agrees }) => agrees === false)).toEqual([name]);
    const found = results.find(({ assumption }) => assumption === name);
    const values =
      typeof found?.windowsValue === 'object' ? Object.values(found.windowsValue ?? {}) : [found?.windowsValue];
    expect(values).toContain(other);
  });
});
