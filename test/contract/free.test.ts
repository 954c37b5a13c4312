// SPDX-License-Identifier: MIT
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort, listPortOwners, type PortOwner } from 'win-port-reservation';
import { bindElsewhere, freeBlock, startChild, type Child } from './ring.js';
import { readProcessTable } from '../../dist/calls/owner-details.js';

// Processes that are real in every ring: `free` ends them.

let port: number;
let starter: Child;

beforeEach(async () => {
  port = await freeBlock(1);
});

/** Starts a server in a process that another one starts, and waits until it listens and its helper runs. */
async function startServer(): Promise<PortOwner> {
  starter = startChild('forget-server.mjs', port, process.pid);
  const processId = await starter.next();
  await expect.poll(async () => (await listPortOwners({ protocol: 'tcp', port })).length).toBe(1);
  const [owner] = (await listPortOwners({ protocol: 'tcp', port })) as [PortOwner];
  expect(owner.processId).toBe(processId);
  await expect.poll(async () => (await helpersOf(owner)).length).toBe(1);
  return owner;
}

async function helpersOf(owner: PortOwner): Promise<number[]> {
  const { rows } = await readProcessTable([]);
  return [...rows.values()].filter((row) => row.parentProcessId === owner.processId).map((row) => row.processId);
}

async function isRunning(processId: number): Promise<boolean> {
  return (await readProcessTable([])).rows.has(processId);
}

describe('a server that another program has started', () => {
  let owner: PortOwner;
  let helper: number | undefined;

  beforeEach(async () => {
    owner = await startServer();
    [helper] = await helpersOf(owner);
  });

  afterEach(async () => {
    await starter.kill();
    await freePort({ protocol: 'tcp', port });
    if (helper !== undefined && (await isRunning(helper))) process.kill(helper, 'SIGKILL');
  });

  it('is recognized by its command line, its folder, its age and its parents', () => {
    expect(owner.commandLine).toContain('forgotten-server.mjs');
    expect(owner.commandLine).toContain(String(port));
    expect(owner.executable?.toLowerCase()).toContain('node');
    expect(owner.workingDirectory?.replace(/[\\/]$/, '')).toBe(process.cwd());
    expect(owner.userName).toMatch(/\\./);
    expect(owner.startedAt?.getTime()).toBeLessThanOrEqual(Date.now());
    expect(owner.orphaned).toBe(false);
    expect(owner.parents?.[0]?.commandLine).toContain('forget-server.mjs');
    expect(owner.parents?.[1]?.processId).toBe(process.pid);
  });

  it('is orphaned when that program has ended', async () => {
    await starter.kill();
    const forgotten = async () => (await listPortOwners({ protocol: 'tcp', port })).map(({ orphaned }) => orphaned);
    await expect.poll(forgotten).toEqual([true]);
  });

  it('is ended, and its port can be bound', async () => {
    const freed = await freePort({ protocol: 'tcp', port });
    expect(freed).toMatchObject({ owners: [{ processId: owner.processId }], endedProcessIds: [owner.processId] });
    expect(await bindElsewhere('tcp', port)).toBe('bound');
    expect(await helpersOf(owner)).toHaveLength(1);
  });

  it('is ended with what it started, where that is wanted', async () => {
    await starter.kill();
    const { endedProcessIds } = await freePort({ protocol: 'tcp', port, tree: true });
    expect(endedProcessIds).toEqual([owner.processId, helper]);
    await expect.poll(() => isRunning(helper ?? 0)).toBe(false);
  });
});
