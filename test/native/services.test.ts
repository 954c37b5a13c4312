// SPDX-License-Identifier: MIT
// Services that are installed in Wine's Service Control Manager, which is a real one.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort, listPortOwners } from 'win-port-reservation';
import type { ServiceStatus } from '../../src/windows/native-machine.js';
import { addon } from './addon.js';

const sc = (...args: string[]) => promisify(execFile)('sc.exe', args);
const [stopped, startPending, stopPending, running] = [1, 2, 3, 4];
const acceptsStop = 1;

let directory: string;
const installed: string[] = [];
const fileOf = (name: string) => path.join(directory, name);

/** Installs a service that behaves in this manner. */
async function install(manner = '', startType = 'demand'): Promise<string> {
  const name = `wpr-${process.pid}-${installed.length}`;
  const command = `C:\\windows\\system32\\port-service.exe ${name} "${fileOf(name)}" ${manner}`.trimEnd();
  await sc('create', name, 'type=', 'own', 'start=', startType, 'binPath=', command);
  installed.push(name);
  return name;
}

/** Waits until a service has written about its port, and returns that. */
async function portOf(name: string): Promise<number> {
  await expect.poll(() => existsSync(fileOf(name)) && readFileSync(fileOf(name), 'utf8').endsWith('\n')).toBe(true);
  return Number(readFileSync(fileOf(name), 'utf8'));
}

async function statusOf(name: string): Promise<ServiceStatus> {
  const status = await addon.queryService(name);
  if ('errorNumber' in status) throw new Error(`${status.call}: ${status.errorNumber}`);
  return status;
}

/** The status of a service, once it is in this state. */
async function statusIn(name: string, state: number | undefined): Promise<ServiceStatus> {
  await expect.poll(async () => (await statusOf(name)).state).toBe(state);
  return statusOf(name);
}

async function installRunning(manner?: string): Promise<string> {
  const name = await install(manner);
  expect(await addon.startService(name)).toBeUndefined();
  await statusIn(name, running);
  return name;
}

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'wpr-'));
});

afterEach(async () => {
  for (const name of installed.splice(0)) {
    rmSync(fileOf(name), { force: true });
    const { processId } = await statusOf(name);
    // A service that does not run cannot be stopped, and one that refuses to stop is ended.
    const [details] = await addon.describeProcesses([processId]);
    await addon.stopService(name);
    await addon.terminateProcess(processId, details?.createdAt ?? 0n);
    await sc('delete', name);
  }
  rmSync(directory, { recursive: true, force: true });
});

it('a port of a service is freed by stopping the service, where that is allowed', async () => {
  const name = await installRunning();
  const port = await portOf(name);
  await expect(freePort({ protocol: 'udp', port })).rejects.toMatchObject({ code: 'ERR_PROCESS_KEPT' });
  expect((await statusOf(name)).state).toBe(running);
  const freed = await freePort({ protocol: 'udp', port, stopServices: true });
  expect(freed).toMatchObject({ stoppedServices: [name], endedProcessIds: [], owners: [{ serviceNames: [name] }] });
  expect((await statusOf(name)).state).toBe(stopped);
  expect(await listPortOwners({ protocol: 'udp', port })).toEqual([]);
});

it('a port of a service is listed with the name of the service', async () => {
  const names = [await installRunning(), await installRunning()];
  const ports: number[] = [];
  for (const name of names) ports.push(await portOf(name));

  const rows = (await listPortOwners({ protocol: 'udp' })).filter(({ port }) => ports.includes(port));
  expect(rows.map(({ port, serviceNames }) => [port, ...serviceNames]).sort()).toEqual(
    names.map((name, index) => [ports[index], name]).sort(),
  );
  for (const { imageName } of rows) expect(imageName).toBe('port-service.exe');
  expect(new Set(rows.map(({ processId }) => processId)).size).toBe(2);
});

describe('a service', () => {
  it('is started and stopped, and tells its state, its controls and its process', async () => {
    const name = await install();
    expect(await addon.queryService(name)).toMatchObject({ state: stopped, controlsAccepted: 0, processId: 0 });
    expect(await addon.startService(name)).toBeUndefined();
    const { processId, ...status } = await statusIn(name, running);
    expect(status).toEqual({
      ...{ state: running, controlsAccepted: acceptsStop, exitCode: 0, serviceExitCode: 0 },
      ...{ checkPoint: 0, waitHint: 0 },
    });
    expect(await addon.describeProcesses([processId])).toMatchObject([
      { processId, executable: 'C:\\windows\\system32\\port-service.exe' },
    ]);
    const answer = (await addon.stopService(name)) as ServiceStatus;
    // The process that is told to stop, which has ended soon.
    expect(answer.processId).toBe(processId);
    expect([running, stopPending, stopped]).toContain(answer.state);
    expect(await statusIn(name, stopped)).toMatchObject({ processId: 0, exitCode: 0 });
  });

  it('that is slow to stop says so, and how far it has come', async () => {
    const name = await installRunning('slow');
    await portOf(name);
    await addon.stopService(name);
    const first = await statusIn(name, stopPending);
    expect(first).toMatchObject({ controlsAccepted: 0, waitHint: 3000 });
    expect(first.checkPoint).toBeGreaterThan(0);
    await expect.poll(async () => (await statusOf(name)).checkPoint).toBeGreaterThan(first.checkPoint);
    // It accepts no control meanwhile.
    expect(await addon.stopService(name)).toEqual({ call: 'ControlService', errorNumber: 1061 });
    rmSync(fileOf(name));
    await statusIn(name, stopped);
  });

  it('that refuses to stop goes on', async () => {
    const name = await installRunning('refuses');
    expect(await statusOf(name)).toMatchObject({ controlsAccepted: 0 });
    expect(await addon.stopService(name)).toEqual({ call: 'ControlService', errorNumber: 1052 });
    expect(await statusOf(name)).toMatchObject({ state: running });
  });

  it('that is stopped already is not stopped, and one that runs is not started', async () => {
    const name = await install();
    expect(await addon.stopService(name)).toEqual({ call: 'ControlService', errorNumber: 1062 });
    await addon.startService(name);
    await statusIn(name, running);
    expect(await addon.startService(name)).toEqual({ call: 'StartServiceW', errorNumber: 1056 });
  });

  it('whose process ends at once is not started', async () => {
    const name = await install('dies');
    expect(await addon.startService(name)).toEqual({ call: 'StartServiceW', errorNumber: 1053 });
    expect([stopped, startPending]).toContain((await statusOf(name)).state);
  });

  it('that fails while it starts says with which error', async () => {
    const name = await install('fails');
    // Windows is content that the process connected. Wine also waits for the service to run.
    expect([undefined, { call: 'StartServiceW', errorNumber: 1053 }]).toContainEqual(await addon.startService(name));
    await expect.poll(async () => (await statusOf(name)).exitCode).toBe(1066);
    expect(await statusIn(name, stopped)).toMatchObject({ exitCode: 1066, serviceExitCode: 42 });
  });

  it('that is disabled or not installed is a failure of the call that says so', async () => {
    const name = await install('', 'disabled');
    expect(await addon.startService(name)).toEqual({ call: 'StartServiceW', errorNumber: 1058 });
    const notInstalled = { call: 'OpenServiceW', errorNumber: 1060 };
    for (const call of ['queryService', 'startService', 'stopService'] as const) {
      expect(await addon[call](`${name}-no-such-service`)).toEqual(notInstalled);
    }
  });

  it('is asked for by a string without NUL', () => {
    for (const call of ['queryService', 'startService', 'stopService'] as const) {
      for (const name of [1, undefined, 'a\0b']) {
        expect(() => addon[call](name as string)).toThrow(/^name must be a string/);
      }
    }
  });
});
