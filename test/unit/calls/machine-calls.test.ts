// SPDX-License-Identifier: MIT
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNetsh } from '../../../src/windows/netsh.js';
import { installBinding } from '../../../src/windows/binding.js';
import type { NativeBinding } from '../../../src/windows/native-binding.js';
import type { NativeMachine, ServiceStatus } from '../../../src/windows/native-machine.js';
import {
  dateOfFiletime,
  describeProcesses,
  endProcess,
  listProcesses,
  startElevated,
} from '../../../src/calls/processes.js';
import { readMaxUserPort } from '../../../src/calls/registry.js';
import { queryService, startService, stopService } from '../../../src/calls/services.js';

const status: ServiceStatus = {
  state: 4,
  controlsAccepted: 1,
  exitCode: 0,
  serviceExitCode: 0,
  checkPoint: 2,
  waitHint: 3000,
  processId: 0,
};

let asked: unknown[];
let machine: Partial<NativeMachine>;
let uninstall: () => void;

/** Refuses a call as Windows does. */
const refuse = (call: string, errorNumber: number) => () => Promise.resolve({ call, errorNumber });

beforeEach(() => {
  asked = [];
  machine = {};
  const recorded = new Proxy<object>(
    {},
    {
      get: (_, name: keyof NativeMachine | 'formatMessage') => {
        if (name === 'formatMessage') return () => '';
        return (...args: unknown[]) => {
          asked.push([name, ...args]);
          return (machine[name] as (...given: unknown[]) => unknown)(...args);
        };
      },
    },
  );
  uninstall = installBinding(recorded as NativeBinding, createNetsh());
});

afterEach(() => {
  uninstall();
});

describe('a service', () => {
  it.each([
    [1, 'stopped'],
    [2, 'start-pending'],
    [3, 'stop-pending'],
    [4, 'running'],
    [5, 'continue-pending'],
    [6, 'pause-pending'],
    [7, 'paused'],
  ])('of state %i is %s', async (state, name) => {
    machine.queryService = () => Promise.resolve({ ...status, state });
    expect(await queryService('winnat')).toMatchObject({ name: 'winnat', state: name });
  });

  it('tells whether it can be stopped, how it ended and how long it takes', async () => {
    machine.queryService = () =>
      Promise.resolve({ ...status, controlsAccepted: 0xfe, exitCode: 1066, serviceExitCode: 7, processId: 12 });
    expect(await queryService('iphlpsvc')).toEqual({
      name: 'iphlpsvc',
      state: 'running',
      acceptsStop: false,
      exitCode: 1066,
      serviceExitCode: 7,
      checkPoint: 2,
      waitHintMs: 3000,
      processId: 12,
    });
    machine.stopService = () => Promise.resolve({ ...status, state: 3 });
    expect(await stopService('iphlpsvc')).toMatchObject({ state: 'stop-pending', acceptsStop: true });
  });

  it('that Windows refuses is an error with the name of the service', async () => {
    machine.startService = refuse('StartServiceW', 1058);
    await expect(startService('winnat')).rejects.toMatchObject({
      code: 'ERROR_SERVICE_DISABLED',
      errno: 1058,
      syscall: 'StartServiceW',
      serviceName: 'winnat',
      message: expect.stringMatching(/ \[service winnat\]$/) as string,
      hint: expect.stringContaining('disabled') as string,
    });
  });

  it.each([
    [undefined, 'ERR_INVALID_ARG_TYPE'],
    [7, 'ERR_INVALID_ARG_TYPE'],
    ['', 'ERR_OUT_OF_RANGE'],
    ['a/b', 'ERR_OUT_OF_RANGE'],
    ['a\\b', 'ERR_OUT_OF_RANGE'],
    ['win\u0000nat', 'ERR_OUT_OF_RANGE'],
    ['x'.repeat(257), 'ERR_OUT_OF_RANGE'],
  ])('cannot be named %j', async (name, code) => {
    for (const call of [queryService, startService, stopService]) {
      await expect(call(name as string)).rejects.toMatchObject({
        code,
        message: expect.stringMatching(/^"name"/) as string,
      });
    }
    expect(asked).toEqual([]);
  });
});

describe('a process', () => {
  it('is listed as Windows lists it', async () => {
    const rows = [{ processId: 4, parentProcessId: 0, imageName: 'System' }];
    machine.listProcesses = () => Promise.resolve(rows);
    expect(await listProcesses()).toEqual(rows);
  });

  it('lacks what Windows does not tell', async () => {
    const unknown = { createdAt: 0n, executable: '', commandLine: '', workingDirectory: '', userName: '' };
    const known = {
      createdAt: 133_000_000_000_000_000n,
      executable: 'C:\\node.exe',
      commandLine: 'node app.js',
      workingDirectory: 'C:\\app\\',
      userName: 'DESKTOP\\ann',
    };
    machine.describeProcesses = (ids) =>
      Promise.resolve(ids.map((processId) => ({ processId, ...(processId === 7 ? known : unknown) })));
    expect(await describeProcesses([4, 7])).toEqual([
      { processId: 4 },
      { processId: 7, ...known, startedAt: new Date('2022-06-18T04:26:40.000Z') },
    ]);
  });

  it('started when its FILETIME says', () => {
    expect(dateOfFiletime(116_444_736_000_000_000n).getTime()).toBe(0);
    expect(dateOfFiletime(116_444_736_000_010_000n).getTime()).toBe(1);
  });

  it('that cannot be ended is an error with its id', async () => {
    machine.terminateProcess = refuse('OpenProcess', 87);
    await expect(endProcess(4711, 1n)).rejects.toMatchObject({
      code: 'ERROR_INVALID_PARAMETER',
      processId: 4711,
      message: expect.stringMatching(/ \[process 4711\]$/) as string,
      hint: expect.stringContaining('has ended') as string,
    });
    expect(asked).toEqual([['terminateProcess', 4711, 1n]]);
  });

  it('that the user does not want elevated is not started', async () => {
    machine.runElevated = refuse('ShellExecuteExW', 1223);
    await expect(startElevated('C:\\node.exe', 'a.js', 'C:\\')).rejects.toMatchObject({ code: 'ERROR_CANCELLED' });
    machine.runElevated = () => Promise.resolve(12);
    expect(await startElevated('C:\\node.exe', 'a.js', 'C:\\')).toBe(12);
  });

  it.each([
    [() => describeProcesses(7 as never), 'ERR_INVALID_ARG_TYPE', '"processIds"'],
    [() => describeProcesses([1, -1]), 'ERR_OUT_OF_RANGE', '"processIds[1]"'],
    [() => endProcess('7' as never, 1n), 'ERR_INVALID_ARG_TYPE', '"processId"'],
    [() => endProcess(2 ** 32, 1n), 'ERR_OUT_OF_RANGE', '"processId"'],
    [() => endProcess(7, 1 as never), 'ERR_INVALID_ARG_TYPE', '"createdAt"'],
  ])('is not asked about with a wrong argument: %s', async (call, code, name) => {
    const thrown: unknown = await call().catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code });
    expect(String(thrown)).toContain(name);
    expect(asked).toEqual([]);
  });
});

describe('MaxUserPort', () => {
  it('is read where Windows keeps it', async () => {
    machine.readRegistryNumber = () => Promise.resolve(65_534);
    expect(await readMaxUserPort()).toBe(65_534);
    const key = 'SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters';
    expect(asked).toEqual([['readRegistryNumber', key, 'MaxUserPort']]);
    machine.readRegistryNumber = () => Promise.resolve(undefined);
    expect(await readMaxUserPort()).toBeUndefined();
    machine.readRegistryNumber = refuse('RegGetValueW', 5);
    await expect(readMaxUserPort()).rejects.toMatchObject({ code: 'ERROR_ACCESS_DENIED', syscall: 'RegGetValueW' });
  });
});
