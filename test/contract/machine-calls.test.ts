// SPDX-License-Identifier: MIT
// The calls about services, processes and the registry: the simulated machine answers as the addon does.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeProcesses, endProcess, listProcesses, type ProcessDescription } from '../../dist/calls/processes.js';
import { readMaxUserPort, readRegistryNumber } from '../../dist/calls/registry.js';
import { queryService, startService, stopService } from '../../dist/calls/services.js';
import { expectFailure, freeBlock, ring, startChild, type Child } from './ring.js';

describe('a service that is not installed', () => {
  it.each([
    ['queryService', queryService],
    ['startService', startService],
    ['stopService', stopService],
  ])('is refused by %s, with its name', async (_, call) => {
    const error = await expectFailure(call('wpr-no-such-service'), {
      code: 'ERROR_SERVICE_DOES_NOT_EXIST',
      errno: 1060,
    });
    expect(error.serviceName).toBe('wpr-no-such-service');
    expect(error.message).toContain('wpr-no-such-service');
  });
});

describe('a service that runs', () => {
  // Runs on every Windows and in Wine. On a new simulated machine http runs.
  const name = ring === 'simulated' ? 'http' : 'PlugPlay';

  it('is found in any case of its name', async () => {
    for (const each of [name, name.toUpperCase()]) {
      expect(await queryService(each)).toMatchObject({
        name: each,
        state: 'running',
        acceptsStop: expect.any(Boolean) as boolean,
      });
    }
  });

  it('is not started again', async () => {
    await expectFailure(startService(name), { code: 'ERROR_SERVICE_ALREADY_RUNNING', errno: 1056 });
  });
});

describe('a process', () => {
  let child: Child;
  let processId: number;

  beforeEach(async () => {
    child = startChild('own-port.mjs', 'tcp', '127.0.0.1', await freeBlock(1));
    ({ processId } = await child.next<{ processId: number }>());
  });

  afterEach(async () => {
    await child.kill();
  });

  async function describeChild(): Promise<ProcessDescription> {
    const [description] = await describeProcesses([processId]);
    if (description === undefined) throw new Error('the process is not described');
    return description;
  }

  it('is in the list with its program and its parent, which is this process', async () => {
    const row = (await listProcesses()).find((each) => each.processId === processId);
    expect(row?.parentProcessId).toBe(process.pid);
    expect(row?.imageName.toLowerCase()).toMatch(/node/);
  });

  it('is described, and was created after its parent', async () => {
    const { commandLine, createdAt = 0n, executable } = await describeChild();
    expect(commandLine).toContain('own-port.mjs');
    expect(executable?.toLowerCase()).toContain('node');
    const [own] = await describeProcesses([process.pid]);
    expect(createdAt).toBeGreaterThanOrEqual(own?.createdAt ?? 2n ** 64n);
  });

  it('is not ended for another one that had its id before', async () => {
    const { createdAt = 0n } = await describeChild();
    await expectFailure(endProcess(processId, createdAt - 1n), { code: 'ERROR_INVALID_PARAMETER', errno: 87 });
    expect((await listProcesses()).some((row) => row.processId === processId)).toBe(true);
  });

  it('is ended by its id and its start, once', async () => {
    const { createdAt = 0n } = await describeChild();
    await endProcess(processId, createdAt);
    await expect.poll(async () => (await listProcesses()).some((row) => row.processId === processId)).toBe(false);
    await expectFailure(endProcess(processId, createdAt), { code: 'ERROR_INVALID_PARAMETER' });
    expect((await describeProcesses([processId]))[0]?.commandLine).toBeUndefined();
  });
});

describe('a number of the registry', () => {
  it('that is not there is undefined, and so is one under a missing key', async () => {
    expect(await readRegistryNumber('SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters', 'wpr')).toBeUndefined();
    expect(await readRegistryNumber('SOFTWARE\\wpr-no-such-key', 'wpr')).toBeUndefined();
  });

  // An administrator may have set it on a real Windows.
  it.skipIf(ring === 'windows')('MaxUserPort is on no machine before somebody sets it', async () => {
    expect(await readMaxUserPort()).toBeUndefined();
  });
});
