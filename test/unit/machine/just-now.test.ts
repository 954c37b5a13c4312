// SPDX-License-Identifier: MIT
import { beforeEach, expect, it } from 'vitest';
import { prepareProtection } from '../../../src/machine/protection.js';
import { runPlanJustNow, type ProtectionProgress } from '../../../src/machine/run-plan.js';
import { SimulatedWindows } from '../../../src/simulator/index.js';
import { installForTest } from '../install-for-test.js';
import { block as onePort, elsewhere, winNatBlock } from './blocks.js';
import { fakeTools, type FakeTools } from './fake-tools.js';

// Nothing here binds a port of the host: the programs are those of the model.

const block = { ...onePort, numberOfPorts: 2 };

let machine: SimulatedWindows;
let tools: FakeTools;

beforeEach(() => {
  machine = new SimulatedWindows({ hostPorts: 'any' });
  installForTest(machine);
  machine.addForeignReservation(winNatBlock);
  tools = fakeTools({
    onStopped: () => {
      machine.deleteForeignReservation(winNatBlock);
    },
    onRunning: () => {
      machine.addForeignReservation(elsewhere);
    },
  });
});

function listenOn(...ports: number[]): void {
  const program = machine.startProcess({ imageName: 'node.exe' });
  for (const port of ports) program.listen({ protocol: 'tcp', port });
}

async function run(onStep: (progress: ProtectionProgress) => void, signal?: AbortSignal): Promise<boolean> {
  const { plan } = await prepareProtection(block, tools, { shutDownWsl: true, justNow: true });
  return runPlanJustNow(plan, tools, { onStep, signal });
}

const restarted = ['start guard', 'stop', 'start', 'dismiss guard'];

it('stops WinNAT until programs listen on all the ports, and excludes nothing', async () => {
  const steps: string[] = [];
  const onStep = ({ step, waitedMs }: ProtectionProgress): void => {
    if (waitedMs === 0) steps.push(step.action);
    if (step.action !== 'wait-for-program') return;
    // WinNAT has given up the ports, and is not started before the second program listens.
    if (waitedMs === 0) listenOn(3000);
    else if (!machine.portOwners('tcp').some(({ port }) => port === 3001)) {
      expect(tools.log).toEqual(restarted.slice(0, 2));
      listenOn(3001);
    }
  };
  expect(await run(onStep)).toBe(true);
  expect(steps).toEqual(['guard', 'stop-winnat', 'wait-for-program', 'start-winnat']);
  expect(tools.log).toEqual(restarted);
  expect(machine.excludedPortRanges('tcp')).toMatchObject([{ startPort: 5069, administered: false }]);
});

it('starts WinNAT again where no program comes, and says so', async () => {
  expect(await run(() => undefined)).toBe(false);
  expect(tools.log).toEqual(restarted);
  expect(tools.clock.time).toBeGreaterThanOrEqual(10 * 60_000);
});

it('starts WinNAT again where the user ends the wait', async () => {
  const controller = new AbortController();
  const reason = new Error('Ctrl+C');
  const end = ({ step }: ProtectionProgress): void => {
    if (step.action === 'wait-for-program') controller.abort(reason);
  };
  await expect(run(end, controller.signal)).rejects.toBe(reason);
  expect(tools.log).toEqual(restarted);
});

it('has nothing to do for ports that lie in no block of WinNAT, not even for those that are excluded until a restart', async () => {
  machine.deleteForeignReservation(winNatBlock);
  for (const exclude of [false, true]) {
    if (exclude) machine.addExcludedPortRange(block, 'active');
    const { plan } = await prepareProtection(block, tools, { shutDownWsl: true, justNow: true });
    expect(plan.steps).toEqual([]);
  }
});
