// SPDX-License-Identifier: MIT
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startGuard } from '../../dist/machine/guard.js';
import { MachineFile } from '../../dist/simulator/file/machine-file.js';
import type { SimulatedWindows } from '../../dist/simulator/index.js';
import { readDocument } from '../shared/cli-output-schema.js';
import { temporaryFolder } from '../shared/temporary-folder.js';
import { freeBlock, readToEnd, ring, spawnNode } from './ring.js';

// Protection of ports on a machine with WinNAT and WSL, in processes of their own: the command, its guard, and what is
// left when one of them is killed. The service of Windows itself is not to be stopped by a test.

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const protectUntil = fileURLToPath(new URL('children/protect-until.mjs', import.meta.url));

let folder: string;
let file: string;
let port: number;

beforeEach(async () => {
  folder = temporaryFolder('protect');
  file = path.join(folder, 'machine.json');
  // The block of WinNAT begins 31 ports before. No other process uses this machine.
  port = (await freeBlock(1)) + 31;
});

afterEach(async () => {
  // A guard that outlives its process still uses the machine.
  await expect.poll(processesOnMachine).toEqual([]);
});

/** The processes that have the machine in their environment, where the host tells. */
function processesOnMachine(): string[] {
  const ids = existsSync('/proc') ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : [];
  return ids.filter((id) => {
    try {
      return readFileSync(`/proc/${id}/environ`, 'utf8').includes(file);
    } catch {
      // It has ended, or belongs to another user.
      return false;
    }
  });
}

function onOwnMachine<Result>(work: (machine: SimulatedWindows) => Result): Result {
  return new MachineFile(file, true).transact((_, machine) => work(machine));
}

const isWinNatRunning = (): boolean => onOwnMachine(({ services }) => services.isRunning('winnat'));
const isExcluded = (): boolean =>
  onOwnMachine((machine) => machine.excludedPortRanges('tcp')).some(
    ({ startPort, endPort, administered }) => administered && startPort <= port && port <= endPort,
  );

/** Gives WinNAT the block around the port. */
function addWinNat(): void {
  onOwnMachine((machine) => {
    machine.winNat.addBlock({ protocol: 'tcp', startPort: port - 31, numberOfPorts: 100 });
    machine.winNat.usePlaces(40_000);
  });
}

function start(args: readonly (string | number)[], elevated = true) {
  const env = {
    WIN_PORT_RESERVATION_MACHINE: file,
    WIN_PORT_RESERVATION_ELEVATED: elevated ? '1' : '0',
    FORCE_COLOR: undefined,
    NO_COLOR: undefined,
  };
  return spawnNode(args.map(String), env);
}

async function runMain(args: readonly (string | number)[], elevated = true) {
  const child = start([main, ...args], elevated);
  child.stdin.end();
  const closed = once(child, 'close') as Promise<[number | null]>;
  const [stdout, stderr] = await Promise.all([readToEnd(child.stdout), readToEnd(child.stderr)]);
  const [exitCode] = await closed;
  return { exitCode, stdout, stderr };
}

async function documentOf(args: readonly (string | number)[], elevated = true) {
  const { exitCode, stdout } = await runMain([...args, '--json'], elevated);
  return { exitCode, ...readDocument(stdout) };
}

describe.skipIf(ring !== 'simulated')('protect', () => {
  it('excludes a free port, says so the second time, and is undone', async () => {
    const block = { protocol: 'tcp', startPort: port, numberOfPorts: 2 };
    const args = ['tcp', port, 2];
    expect(await documentOf(['protect', ...args])).toMatchObject({ exitCode: 0, ...block, excluded: [block] });
    expect(await documentOf(['protect', ...args], false)).toMatchObject({ exitCode: 0, excluded: [] });
    expect(await documentOf(['unprotect', ...args, '--dry-run'], false)).toMatchObject({
      dryRun: true,
      excluded: [block],
    });
    expect(isExcluded()).toBe(true);
    expect(await documentOf(['unprotect', ...args], false)).toMatchObject({ exitCode: 3 });
    expect(await documentOf(['unprotect', ...args])).toMatchObject({ exitCode: 0, excluded: [block] });
    expect(await documentOf(['unprotect', ...args])).toMatchObject({ exitCode: 4, error: { code: 'ERROR_NOT_FOUND' } });
    expect(isExcluded()).toBe(false);
  });

  it('keeps the port through a restart, and lets everybody listen', async () => {
    addWinNat();
    await runMain(['protect', 'tcp', port, '--stop-winnat']);
    onOwnMachine((machine) => {
      machine.restart();
    });
    const rows = onOwnMachine((machine) => machine.excludedPortRanges('tcp'));
    expect(rows.filter(({ startPort, endPort }) => startPort <= port && port <= endPort)).toMatchObject([
      { startPort: port, numberOfPorts: 1, administered: true },
    ]);
    expect(await documentOf(['explain', 'tcp', port], false)).toMatchObject({ exitCode: 0, bindable: true });
  });

  it('moves the block of WinNAT away, shuts WSL down, and says what to start again', async () => {
    addWinNat();
    onOwnMachine(({ wsl }) => {
      wsl.start({ distribution: 'Ubuntu' });
    });
    const { exitCode, stdout, stderr } = await runMain(['protect', 'tcp', port, '--stop-winnat']);
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: [
        `protected tcp ${port} (1 port)`,
        '  Windows, Hyper-V, WSL and Docker leave it alone from now on, and any program',
        '  can listen on it.',
        `  WinNAT runs again. It had ${port - 31}-${port + 68}, and now has 40000-40099.`,
        'now start again:',
        '  - start Ubuntu again: wsl --distribution Ubuntu',
        '',
      ].join('\n'),
    });
    expect(stderr).toMatch(
      /^- Start a process .*^- Shut down WSL \(Ubuntu\).*^- Stop WinNAT.*^- Exclude.*^- Start WinNAT/ms,
    );
    expect(isWinNatRunning()).toBe(true);
    expect(onOwnMachine(({ wsl }) => wsl.distributions)).toEqual([]);
  });

  it('leaves WSL running where that is wanted', async () => {
    addWinNat();
    onOwnMachine(({ wsl }) => {
      wsl.start({ distribution: 'Ubuntu' });
    });
    await runMain(['protect', 'tcp', port, '--stop-winnat', '--keep-wsl']);
    expect(onOwnMachine(({ wsl }) => wsl.distributions)).toMatchObject([{ name: 'Ubuntu', hasNetwork: false }]);
    expect(isExcluded()).toBe(true);
  });

  it('prints the steps, and touches nothing without consent', async () => {
    addWinNat();
    onOwnMachine(({ wsl }) => {
      wsl.start({ distribution: 'Ubuntu' });
    });
    const before = onOwnMachine((machine) => machine.save().surroundings);
    const plan = await documentOf(['protect', 'tcp', port, '--dry-run'], false);
    expect(plan).toMatchObject({ exitCode: 0, dryRun: true, stopsWinNat: true, elevated: false });
    expect((plan as unknown as { steps: { action: string }[] }).steps.map(({ action }) => action)).toEqual([
      ...['guard', 'shut-down-wsl', 'stop-winnat', 'exclude', 'start-winnat', 'verify'],
    ]);
    expect(await documentOf(['protect', 'tcp', port])).toMatchObject({
      exitCode: 4,
      error: { code: 'ERR_WINNAT_BLOCK' },
    });
    expect(await documentOf(['protect', 'tcp', port], false)).toMatchObject({ exitCode: 3 });
    expect(onOwnMachine((machine) => machine.save().surroundings)).toEqual(before);
    expect(isExcluded()).toBe(false);
  });

  it('leaves WinNAT alone for a published port of a container', async () => {
    onOwnMachine(({ docker }) => {
      docker.run({ port, name: 'web', heldBy: 'hns' });
    });
    const { exitCode, error } = (await documentOf(['protect', 'tcp', port, '--stop-winnat'])) as {
      exitCode: number;
      error?: { code: string; hint: string };
    };
    expect({ exitCode, code: error?.code }).toEqual({ exitCode: 4, code: 'ERR_PORTS_TAKEN' });
    expect(error?.hint).toContain(`docker ps --filter publish=${port}`);
  });

  it('asks Windows for elevation, and says what came of it', async () => {
    addWinNat();
    const done = await documentOf(['protect', 'tcp', port, '--stop-winnat', '--elevate'], false);
    expect(done).toMatchObject({ exitCode: 0, command: 'protect', restartedWinNat: true });
    expect(isExcluded()).toBe(true);
    const undone = await documentOf(['unprotect', 'tcp', port, '--elevate'], false);
    expect(undone).toMatchObject({ exitCode: 0, command: 'unprotect', excluded: [{ startPort: port }] });
    expect(isExcluded()).toBe(false);
  });

  it('says what an elevated process failed with', async () => {
    addWinNat();
    onOwnMachine(({ services }) => {
      services.change('winnat', { refusesToStop: 1052 });
    });
    const failed = await documentOf(['protect', 'tcp', port, '--stop-winnat', '--elevate'], false);
    expect(failed).toMatchObject({ exitCode: 1, error: { code: 'ERROR_INVALID_SERVICE_CONTROL', errno: 1052 } });
  });

  it('says that the user declined the elevation', async () => {
    onOwnMachine((machine) => {
      machine.failNext('ShellExecuteExW', 1223);
    });
    const failed = await documentOf(['protect', 'tcp', port, '--elevate'], false);
    expect(failed).toMatchObject({ error: { code: 'ERROR_CANCELLED', errno: 1223 } });
    expect(isExcluded()).toBe(false);
  });

  it.each([
    ['is slow', { questionsToStop: 3, questionsToStart: 3 }, 0],
    ['refuses to stop', { refusesToStop: 1052 }, 1],
    ['has dependent services', { refusesToStop: 1051 }, 1],
  ])('ends with WinNAT running where it %s', async (_, behavior, exitCode) => {
    addWinNat();
    onOwnMachine(({ services }) => {
      services.change('winnat', behavior);
    });
    expect(await runMain(['protect', 'tcp', port, '--stop-winnat'])).toMatchObject({ exitCode });
    expect(isWinNatRunning()).toBe(true);
    expect(isExcluded()).toBe(exitCode === 0);
  });

  /** Starts a process that stays at a step for good. */
  async function stopAt(step: string) {
    addWinNat();
    onOwnMachine(({ wsl }) => {
      wsl.start({ distribution: 'Ubuntu' });
    });
    const child = start([protectUntil, port, step]);
    await once(child.stdout, 'data');
    return child;
  }

  async function kill(child: ReturnType<typeof start>): Promise<void> {
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  it.each([
    ['guard', true],
    ['shut-down-wsl', true],
    ['stop-winnat', true],
    ['exclude', false],
    ['start-winnat', false],
    ['verify', true],
  ])('ends with WinNAT running when its process is killed at the step %s', async (step, runsMeanwhile) => {
    const child = await stopAt(step);
    expect(isWinNatRunning()).toBe(runsMeanwhile);
    await kill(child);
    await expect.poll(isWinNatRunning).toBe(true);
    expect(isExcluded()).toBe(step === 'start-winnat' || step === 'verify');
  });

  it('that was killed can be made good, and undone', async () => {
    await kill(await stopAt('start-winnat'));
    await expect.poll(isWinNatRunning).toBe(true);
    expect(await documentOf(['protect', 'tcp', port])).toMatchObject({ exitCode: 0, excluded: [] });
    expect(await documentOf(['unprotect', 'tcp', port])).toMatchObject({ exitCode: 0 });
    expect(isExcluded()).toBe(false);
  });

  it('ends with WinNAT running when its process is killed while WinNAT is slow to stop', async () => {
    addWinNat();
    onOwnMachine(({ services }) => {
      services.change('winnat', { hangs: 'stopping' });
    });
    const child = start([main, 'protect', 'tcp', port, '--stop-winnat']);
    await expect.poll(isWinNatRunning).toBe(false);
    await kill(child);
    onOwnMachine(({ services }) => {
      services.change('winnat', { hangs: undefined });
    });
    await expect.poll(isWinNatRunning).toBe(true);
  });

  it('does not stop a service that the guard could not start again', async () => {
    await expect(startGuard('no-such-service')).rejects.toMatchObject({
      code: 'ERR_GUARD_FAILED',
      hint: expect.stringMatching(/ERROR_SERVICE_DOES_NOT_EXIST.*net stop no-such-service, then protect/) as unknown,
    });
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('is undone by %s, with WinNAT running', async (signal) => {
    addWinNat();
    onOwnMachine((machine) => {
      // Nothing but the signal ends it.
      machine.services.change('winnat', { hangs: 'stopping' });
    });
    const child = start([main, 'protect', 'tcp', port, '--stop-winnat']);
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      if (stderr.includes('- Stop WinNAT') && !child.killed) child.kill(signal);
      if (stderr.includes('- Start WinNAT')) {
        onOwnMachine(({ services }) => {
          services.change('winnat', { hangs: undefined });
        });
      }
    });
    const [exitCode] = (await once(child, 'close')) as [number | null];
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('Interrupted') as unknown,
    });
    expect(isWinNatRunning()).toBe(true);
    expect(isExcluded()).toBe(false);
    expect(existsSync(`${file}.protected`) && (await documentOf(['unprotect', 'tcp', port]))).toMatchObject({
      error: { code: 'ERROR_NOT_FOUND' },
    });
  });
});
