// SPDX-License-Identifier: MIT
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageError } from '../../../src/common/errors.js';
import type { PortBlock } from '../../../src/common/ports.js';
import { protect } from '../../../src/machine/protection.js';
import { unprotect } from '../../../src/machine/unprotection.js';
import type { ProtectionProgress } from '../../../src/machine/run-plan.js';
import { install, SimulatedWindows, type Installation } from '../../../src/simulator/index.js';
import { fakeTools, type FakeSurroundings, type FakeTools, type ServiceBehavior } from './fake-tools.js';

const block: PortBlock = { protocol: 'tcp', startPort: 3000, numberOfPorts: 1 };
const winNatBlock: PortBlock = { protocol: 'tcp', startPort: 2969, numberOfPorts: 100 };
const elsewhere: PortBlock = { protocol: 'tcp', startPort: 5069, numberOfPorts: 100 };

let machine: SimulatedWindows;
let simulation: Installation;

beforeEach(() => {
  machine = new SimulatedWindows({ hostPorts: 'any' });
  simulation = install(machine);
});

afterEach(() => {
  simulation.uninstall();
});

/** The rows of netsh, without what stands behind them. */
function rows(): string[] {
  return machine.excludedPortRanges('tcp').map(({ startPort, endPort, administered }) => {
    return `${startPort}-${endPort}${administered ? ' *' : ''}`;
  });
}

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

describe('free ports', () => {
  it('are excluded, and WinNAT is left alone', async () => {
    const tools = fakeTools();
    const steps: string[] = [];
    const onStep = ({ step }: ProtectionProgress): void => void steps.push(step.action);
    expect(await protect({ ...block, numberOfPorts: 3 }, { onStep }, tools)).toEqual({
      ...{ ...block, numberOfPorts: 3 },
      excluded: [{ ...block, numberOfPorts: 3 }],
      ...{ restartedWinNat: false, freed: [], takenInstead: [], startAgain: [] },
    });
    expect(rows()).toEqual(['3000-3002 *']);
    expect(tools.log).toEqual([]);
    expect(steps).toEqual(['exclude', 'verify']);
  });

  it('that are protected already are left as they are, elevated or not', async () => {
    machine.addExcludedPortRange({ ...block, startPort: 2990, numberOfPorts: 20 });
    simulation.uninstall();
    simulation = install(machine, { elevated: false });
    expect(await protect(block, {}, fakeTools())).toMatchObject({ excluded: [], restartedWinNat: false });
    expect(rows()).toEqual(['2990-3009 *']);
  });

  it('are excluded where they are not yet, and only that is undone', async () => {
    const wanted = { ...block, numberOfPorts: 10 };
    machine.addExcludedPortRange({ ...block, startPort: 3004, numberOfPorts: 2 });
    const excluded = [
      { ...block, numberOfPorts: 4 },
      { ...block, startPort: 3006, numberOfPorts: 4 },
    ];
    expect(await protect(wanted, {}, fakeTools())).toMatchObject({ excluded });
    expect(rows()).toEqual(['3000-3003 *', '3004-3005 *', '3006-3009 *']);
    expect(await unprotect(wanted, false)).toEqual(excluded);
    expect(rows()).toEqual(['3004-3005 *']);
  });

  it('need an elevated process', async () => {
    simulation.uninstall();
    simulation = install(machine, { elevated: false });
    await expect(protect(block, {}, fakeTools())).rejects.toMatchObject({ code: 'ERROR_ACCESS_DENIED', errno: 5 });
    expect(rows()).toEqual([]);
  });
});

describe('ports that cannot be protected', () => {
  const refused = async (wanted = block): Promise<{ hint: string; code: string }> => {
    const before = machine.save();
    const tools = fakeTools();
    const error = await protect(wanted, { stopWinNat: true }, tools).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'ERR_PORTS_TAKEN', startPort: wanted.startPort });
    expect(machine.save()).toEqual(before);
    expect(tools.log).toEqual([]);
    return error as { hint: string; code: string };
  };

  it('are in use, which is told with the program', async () => {
    const program = machine.startProcess({ imageName: 'server.exe', processId: 4711 });
    program.confirmBind(program.openSocket('tcp', 4), 3000, ['0.0.0.0']);
    expect((await refused()).hint).toMatch(/TCP port 3000 is in use by server\.exe \(process 4711\)/);
  });

  it('are published by Docker Desktop for a container', async () => {
    const backend = machine.startProcess({ imageName: 'com.docker.backend.exe', processId: 4711 });
    backend.confirmBind(backend.openSocket('tcp', 4), 3000, ['0.0.0.0']);
    expect((await refused()).hint).toMatch(
      /^Docker Desktop publishes TCP port 3000 .*docker ps --filter publish=3000$/,
    );
  });

  it('are reserved persistently', async () => {
    machine.startProcess().createPersistentPortReservation('tcp', 2995, 10);
    expect((await refused()).hint).toMatch(/TCP 2995-3004 is reserved persistently.* delete tcp 2995 10/);
  });

  /** A process that has reserved ports and has bound one of them, as http.sys has in the kernel. */
  function reserveAndBind(
    imageName: string,
    processId: number,
    startPort: number,
    numberOfPorts: number,
    port: number,
  ) {
    const holder = machine.startProcess({ imageName, processId });
    const owner = holder.openSocket('tcp', 4);
    const { token } = holder.acquirePortReservation(owner, startPort, numberOfPorts);
    const socket = holder.openSocket('tcp', 4);
    holder.associatePortReservation(socket, token);
    holder.confirmBind(socket, port, ['0.0.0.0']);
  }

  it('are reserved by a program with a socket inside', async () => {
    reserveAndBind('quic.exe', 4711, 2999, 4, 3001);
    expect((await refused()).hint).toMatch(
      /TCP 2999-3002 is most likely reserved by quic\.exe \(process 4711\).* port 3001/,
    );
  });

  it('are those of http.sys', async () => {
    reserveAndBind('System', 4, 3000, 1, 3000);
    expect((await refused()).hint).toMatch(/TCP 3000 is reserved by the kernel .*usually http\.sys.*netsh http show/);
  });

  it('are a single port without a star, which is a container', async () => {
    machine.addForeignReservation(block);
    expect((await refused()).hint).toMatch(
      /most likely a published port of a container.*\(docker ps --filter publish=3000\), stop it, protect the ports/,
    );
  });

  it('are excluded only until the next restart, which is told with the command that ends it', async () => {
    machine.addExcludedPortRange(block, 'active');
    await expect(protect(block, {}, fakeTools())).rejects.toMatchObject({
      code: 'ERR_PORTS_TAKEN',
      hint: expect.stringMatching(
        /only until the next restart.*delete excludedportrange protocol=tcp startport=3000 numberofports=1 store=active$/,
      ) as string,
    });
    machine.deleteExcludedPortRange(block, 'active');
    await protect(block, {}, fakeTools());
    machine.restart();
    expect(rows()).toEqual(['3000-3000 *']);
  });

  it('lie in a range that is no block of WinNAT', async () => {
    machine.addForeignReservation({ ...block, startPort: 2990, numberOfPorts: 64 });
    expect((await refused()).hint).toMatch(/2990-3053 is reserved by a part of Windows/);
  });

  it('belong to a virtual machine', async () => {
    machine.addUnlistedReservation({ ...block, startPort: 1500, numberOfPorts: 4096 }, 10_048);
    expect((await refused()).hint).toMatch(/TCP 1500-5595 belongs to a virtual machine.*wsl --shutdown/);
  });

  it('lie in a range as wide as those of WinNAT, which does not run', async () => {
    machine.addForeignReservation(winNatBlock);
    const tools = fakeTools({}, { state: 'stopped' });
    await expect(protect(block, { stopWinNat: true }, tools)).rejects.toMatchObject({
      code: 'ERR_PORTS_TAKEN',
      hint: expect.stringContaining('It is not WinNAT, which does not run') as unknown,
      blocks: [{ ...winNatBlock, endPort: 3068, administered: false }],
    });
    expect(tools.log).toEqual([]);
  });
});

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

describe('an exclusion that does not hold', () => {
  it('because no list shows a reservation is taken back', async () => {
    machine = new SimulatedWindows({
      hostPorts: 'any',
      assumptions: { guestPortReservationsAreEnumerated: false },
    });
    simulation.uninstall();
    simulation = install(machine);
    machine.addUnlistedReservation({ ...block, startPort: 1500, numberOfPorts: 4096 }, 10_048);
    await expect(protect(block, {}, fakeTools())).rejects.toMatchObject({
      code: 'ERR_NOT_PROTECTED',
      hint: expect.stringMatching(/port 3000 \(WSAEADDRINUSE \(10048\)\).*wsl --shutdown/) as unknown,
    });
    expect(rows()).toEqual([]);
  });

  it.each([
    [
      'active',
      () => {
        machine.deleteExcludedPortRange(block, 'active');
      },
    ],
    [
      'persistent',
      () => {
        machine.deleteExcludedPortRange(block);
        machine.addExcludedPortRange(block, 'active');
      },
    ],
  ])('because it is not in the store %s is taken back', async (store, lose) => {
    const onStep = ({ step }: ProtectionProgress): void => {
      if (step.action === 'verify') lose();
    };
    await expect(protect(block, { onStep }, fakeTools())).rejects.toMatchObject({
      code: 'ERR_NOT_PROTECTED',
      message: expect.stringContaining(`store=${store}`) as string,
    });
    expect([...rows(), ...machine.excludedPortRanges('tcp', 'persistent')]).toEqual([]);
  });

  it('and cannot be taken back is named', async () => {
    machine = new SimulatedWindows({
      hostPorts: 'any',
      assumptions: { guestPortReservationsAreEnumerated: false },
    });
    simulation.uninstall();
    simulation = install(machine);
    machine.addUnlistedReservation({ ...block, startPort: 1500, numberOfPorts: 4096 }, 10_048);
    machine.failNext('netsh interface ipv4 delete excludedportrange', 5);
    await expect(protect(block, {}, fakeTools())).rejects.toMatchObject({
      code: 'ERR_NOT_PROTECTED',
      hint: expect.stringMatching(/tcp 3000 is still excluded.* exclude delete tcp 3000 1$/) as unknown,
    });
  });
});

describe('the end of a protection', () => {
  it('deletes what was excluded, and nothing else', async () => {
    await protect(block, {}, fakeTools());
    expect(await unprotect(block, false)).toEqual([block]);
    expect(rows()).toEqual([]);
    await expect(unprotect(block, false)).rejects.toMatchObject({ code: 'ERROR_NOT_FOUND' });
  });

  it('refuses the range that Windows itself excludes, and those of others', async () => {
    const own = { ...block, startPort: 50_000, numberOfPorts: 60 };
    machine.addExcludedPortRange(own);
    await expect(unprotect(own, false)).rejects.toMatchObject({
      code: 'ERR_FOREIGN_EXCLUSION',
      hint: expect.stringContaining('Windows itself excludes 50000-50059') as unknown,
    });
    machine.addExcludedPortRange(block);
    await expect(unprotect(block, false)).rejects.toMatchObject({ code: 'ERR_FOREIGN_EXCLUSION' });
    expect(rows()).toEqual(['3000-3000 *', '50000-50059 *']);
    expect(await unprotect(block, true)).toEqual([block]);
    expect(rows()).toEqual(['50000-50059 *']);
  });

  it('refuses a part, and names the block that was protected', async () => {
    await protect({ ...block, numberOfPorts: 10 }, {}, fakeTools());
    await expect(unprotect(block, true)).rejects.toMatchObject({
      code: 'ERR_FOREIGN_EXCLUSION',
      hint: expect.stringContaining('Protected blocks are tcp 3000 10.') as unknown,
    });
  });

  it('forgets exclusions that somebody has deleted since', async () => {
    await protect(block, {}, fakeTools());
    machine.deleteExcludedPortRange(block);
    machine.addExcludedPortRange({ ...block, numberOfPorts: 2 });
    await expect(unprotect(block, false)).rejects.toMatchObject({ code: 'ERR_FOREIGN_EXCLUSION' });
  });

  it('needs an elevated process', async () => {
    machine.addExcludedPortRange(block);
    simulation.uninstall();
    simulation = install(machine, { elevated: false });
    await expect(unprotect(block, true)).rejects.toMatchObject({ code: 'ERROR_ACCESS_DENIED' });
    expect(rows()).toEqual(['3000-3000 *']);
  });
});
