// SPDX-License-Identifier: MIT
import { beforeEach, describe, expect, it } from 'vitest';
import { packageError } from '../../../src/common/errors.js';
import { protect } from '../../../src/machine/protection.js';
import type { ProtectionProgress } from '../../../src/machine/run-plan.js';
import { unprotect } from '../../../src/machine/unprotection.js';
import { SimulatedWindows } from '../../../src/simulator/index.js';
import { installForTest } from '../install-for-test.js';
import { block, elsewhere, rowsOf, winNatBlock } from './blocks.js';
import { fakeTools, type FakeSurroundings, type FakeTools, type ServiceBehavior } from './fake-tools.js';

let machine: SimulatedWindows;

beforeEach(() => {
  machine = new SimulatedWindows({ hostPorts: 'any' });
  installForTest(machine);
});

const rows = (): string[] => rowsOf(machine);

/** A machine whose WinNAT has the block over the port, and takes another one when it starts. */
function machineWithWinNat(behavior: ServiceBehavior = {}, surroundings: FakeSurroundings = {}): FakeTools {
  machine.addForeignReservation(winNatBlock);
  return fakeTools(
    {
      ...behavior,
      onStopped: () => {
        for (const each of [winNatBlock, elsewhere]) {
          const isThere = rows().includes(`${each.startPort}-${each.startPort + 99}`);
          if (isThere) machine.deleteForeignReservation(each);
        }
      },
      onRunning: () => {
        machine.addForeignReservation(rows().includes('3000-3000 *') ? elsewhere : winNatBlock);
      },
    },
    surroundings,
  );
}

describe('a block of WinNAT', () => {
  it('is not touched without consent, which is asked for with the cost', async () => {
    const tools = machineWithWinNat({}, { distributions: ['Ubuntu'], programs: ['Docker Desktop.exe'] });
    await expect(protect(block, {}, tools)).rejects.toMatchObject({
      code: 'ERR_WINNAT_BLOCK',
      hint: expect.stringMatching(
        /cuts off: the WSL distribution Ubuntu, Docker Desktop.*protect tcp 3000 1 --stop-winnat$/,
      ) as unknown,
      blocks: [{ ...winNatBlock, endPort: 3068, administered: false }],
    });
    expect(tools.log).toEqual([]);
    expect(rows()).toEqual(['2969-3068']);
  });

  it('makes way, and comes back elsewhere', async () => {
    const surroundings = {
      distributions: ['Ubuntu', 'docker-desktop'],
      programs: ['vmwp.exe', 'com.docker.backend.exe'],
    };
    const tools = machineWithWinNat({ stopMs: 5000, startMs: 5000 }, surroundings);
    const done = await protect(block, { stopWinNat: true }, tools);
    expect(done).toEqual({
      ...block,
      excluded: [block],
      restartedWinNat: true,
      freed: [{ ...winNatBlock, endPort: 3068, administered: false }],
      takenInstead: [{ ...elsewhere, endPort: 5168, administered: false }],
      startAgain: ['start Ubuntu again: wsl --distribution Ubuntu', 'restart Docker Desktop'],
    });
    expect(tools.log).toEqual(['start guard', 'shut down WSL', 'stop', 'start', 'dismiss guard']);
    expect(rows()).toEqual(['3000-3000 *', '5069-5168']);
  });

  it('leaves WSL running where that is wanted', async () => {
    const tools = machineWithWinNat({}, { distributions: ['Ubuntu'] });
    await protect(block, { stopWinNat: true, shutDownWsl: false }, tools);
    expect(tools.log).not.toContain('shut down WSL');
  });

  it.each<[string, ServiceBehavior, string, string[]]>([
    ['refuses to stop', { refusesToStop: 'ERROR_INVALID_SERVICE_CONTROL' }, 'ERROR_INVALID_SERVICE_CONTROL', ['stop']],
    ['hangs while it stops', { stopMs: 100_000 }, 'ERR_SERVICE_FAILED', ['stop', 'start']],
    ['dies on its first starts', { diesOnStart: 3 }, '', ['stop', 'start', 'start', 'start', 'start']],
  ])('of a service that %s ends with the service running', async (_, behavior, code, log) => {
    const tools = machineWithWinNat(behavior);
    const outcome = await protect(block, { stopWinNat: true }, tools).catch((error: unknown) => error);
    if (code !== '') {
      expect(outcome).toMatchObject({ code, ...block });
      // The error is about the service, and the user asked for ports.
      expect(String(outcome)).toMatch(/ tcp 3000 is not protected\.$/);
    }
    expect(tools.services.state).toBe('running');
    expect(tools.log).toEqual(['start guard', ...log, 'dismiss guard']);
    expect(rows().includes('3000-3000 *')).toBe(code === '');
  });

  it('of a service that never starts again is left to the guard, and nothing stays excluded', async () => {
    const tools = machineWithWinNat({ diesOnStart: Infinity });
    await expect(protect(block, { stopWinNat: true }, tools)).rejects.toMatchObject({
      code: 'ERR_SERVICE_FAILED',
      hint: expect.stringContaining('net start winnat') as unknown,
    });
    expect(tools.log.at(-1)).toBe('leave to guard');
    expect(rows()).not.toContain('3000-3000 *');
  });

  it('is not touched when WSL cannot be asked, and the error names the ports', async () => {
    const tools = machineWithWinNat();
    const error = packageError('ERR_TOOL_TIMEOUT', 'wsl hangs.');
    const hanging = { ...tools, listRunningDistributions: () => Promise.reject(error) };
    await expect(protect(block, { stopWinNat: true }, hanging)).rejects.toMatchObject({
      ...{ code: 'ERR_TOOL_TIMEOUT', ...block },
      message: expect.stringMatching(/wsl hangs\. tcp 3000 is not protected; nothing was changed\.$/) as unknown,
    });
    expect(tools.log).toEqual([]);
  });

  it('is not touched when there is no guard', async () => {
    const tools = machineWithWinNat();
    const failing = { ...tools, startGuard: () => Promise.reject(new Error('no guard')) };
    await expect(protect(block, { stopWinNat: true }, failing)).rejects.toThrow('no guard');
    expect(tools.log).toEqual([]);
    expect(rows()).toEqual(['2969-3068']);
  });

  it('that another program takes in the meantime ends with WinNAT running', async () => {
    const tools = machineWithWinNat();
    machine.failNext('netsh interface ipv4 add excludedportrange', 32);
    await expect(protect(block, { stopWinNat: true }, tools)).rejects.toMatchObject({
      code: 'ERROR_SHARING_VIOLATION',
    });
    expect(tools.services.state).toBe('running');
    expect(rows()).toEqual(['2969-3068']);
  });

  const actions = ['guard', 'shut-down-wsl', 'stop-winnat', 'exclude', 'start-winnat', 'verify'] as const;

  it.each(actions)('is given back when the caller aborts at the step %s', async (action) => {
    const tools = machineWithWinNat({ stopMs: 1000, startMs: 1000 }, { distributions: ['Ubuntu'] });
    const controller = new AbortController();
    const onStep = ({ step }: ProtectionProgress): void => {
      if (step.action === action) controller.abort(new Error('enough'));
    };
    const run = protect(block, { stopWinNat: true, signal: controller.signal, onStep }, tools);
    await expect(run).rejects.toThrow('enough');
    expect(tools.services.state).toBe('running');
    expect(rows().filter((row) => row.endsWith('*'))).toEqual([]);
    await expect(unprotect(block, false)).rejects.toMatchObject({ code: 'ERROR_NOT_FOUND' });
  });

  it.each(actions)('is given back when the callback throws at the step %s', async (action) => {
    const tools = machineWithWinNat({}, { distributions: ['Ubuntu'] });
    const onStep = ({ step }: ProtectionProgress): void => {
      if (step.action === action) throw new Error('the callback');
    };
    await expect(protect(block, { stopWinNat: true, onStep }, tools)).rejects.toThrow('the callback');
    expect(tools.services.state).toBe('running');
    expect(rows().filter((row) => row.endsWith('*'))).toEqual([]);
  });
});
