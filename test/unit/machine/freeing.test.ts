// SPDX-License-Identifier: MIT
import { beforeEach, describe, expect, it } from 'vitest';
import type { PortOwner } from '../../../src/calls/port-owners.js';
import { freePort, type FreePortOptions } from '../../../src/machine/free-port.js';
import { planFreeing, runFreeing } from '../../../src/machine/freeing.js';
import { systemTools } from '../../../src/machine/system-tools.js';
import { whyKeep } from '../../../src/machine/why-keep.js';
import { SimulatedWindows } from '../../../src/simulator/index.js';
import { installForTest } from '../install-for-test.js';
import { FakeClock } from './fake-tools.js';

const port = { protocol: 'tcp', port: 3000 } as const;

let machine: SimulatedWindows;

beforeEach(() => {
  machine = new SimulatedWindows({ hostPorts: 'any' });
  installForTest(machine);
});

function loseRights(): void {
  installForTest(machine, { elevated: false });
}

const minutesAgo = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);

/** Starts a program that listens on the port. */
function startServer(options: Parameters<SimulatedWindows['startProcess']>[0] = {}, address = '0.0.0.0') {
  const server = machine.startProcess({ imageName: 'node.exe', commandLine: 'node server.js', ...options });
  server.listen({ ...port, address });
  return server;
}

const isRunning = (id: number): boolean => machine.isRunning(id);

describe('a port', () => {
  it('is freed by the end of its process', async () => {
    const server = startServer();
    expect(await freePort(port)).toMatchObject({
      ...port,
      owners: [{ processId: server.processId, commandLine: 'node server.js' }],
      endedProcessIds: [server.processId],
      stoppedServices: [],
    });
    expect(isRunning(server.id)).toBe(false);
    expect(machine.portOwners('tcp')).toEqual([]);
  });

  it('that is free stays so', async () => {
    const other = machine.startProcess({ imageName: 'node.exe' });
    other.listen({ ...port, port: 3001 });
    expect(await freePort(port)).toEqual({ ...port, owners: [], endedProcessIds: [], stoppedServices: [] });
    expect(isRunning(other.id)).toBe(true);
  });

  it('of several processes is freed by the end of each', async () => {
    const servers = [startServer({}, '127.0.0.1'), startServer({}, '127.0.0.2')];
    const { endedProcessIds } = await freePort(port);
    expect([...endedProcessIds].sort()).toEqual(servers.map(({ processId }) => processId).sort());
  });

  it('that no process has and that cannot be bound is explained', async () => {
    machine.addForeignReservation({ protocol: 'tcp', startPort: 2969, numberOfPorts: 100 });
    await expect(freePort(port)).rejects.toMatchObject({
      code: 'ERR_PORT_NOT_FREE',
      hint: expect.stringMatching(/TCP port 3000 lies in 2969-3068.*protect tcp 3000/) as string,
    });
  });

  it('that another process takes at once is not said to be free', async () => {
    const nodemon = machine.startProcess({ imageName: 'nodemon.exe', startedAt: minutesAgo(9) });
    startServer({}, '127.0.0.1');
    const plan = await planFreeing(port);
    startServer({ parentProcessId: nodemon.processId }, '127.0.0.2');
    await expect(runFreeing(plan, systemTools, { tree: false })).rejects.toMatchObject({
      code: 'ERR_PORT_NOT_FREE',
      hint: expect.stringMatching(/took TCP port 3000 at once. nodemon.exe \(process \d+\) started it/) as string,
    });
  });

  it('that another process takes at once names supervisors where the one that started it is gone', async () => {
    startServer({}, '127.0.0.1');
    const plan = await planFreeing(port);
    startServer({}, '127.0.0.2');
    await expect(runFreeing(plan, systemTools, { tree: false })).rejects.toMatchObject({
      hint: expect.stringMatching(/at once\. Stop what starts it again first, for instance PM2/) as string,
    });
  });

  it('whose process does not give it back is not said to be free', async () => {
    startServer();
    const plan = await planFreeing(port);
    const clock = new FakeClock();
    // It has ended by itself, and the plan is about another one that had the id before.
    const stale = { ...plan, processes: plan.processes.map((each) => ({ ...each, createdAt: 1n })) };
    await expect(runFreeing(stale, { ...systemTools, clock }, { tree: false })).rejects.toMatchObject({
      code: 'ERR_PORT_NOT_FREE',
      hint: expect.stringMatching(/still has TCP port 3000.*try again, or restart Windows/) as string,
    });
    expect(clock.time).toBeGreaterThanOrEqual(15_000);
    expect(machine.portOwners('tcp')).toHaveLength(1);
  });

  it('is waited for as long as the caller wants', async () => {
    startServer();
    await expect(freePort({ ...port, signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
    expect(machine.portOwners('tcp')).toHaveLength(1);
  });
});

describe('a process', () => {
  it('that got the id of the owner since is not ended', async () => {
    const server = startServer();
    const plan = await planFreeing(port);
    server.exit();
    const successor = machine.startProcess({ imageName: 'editor.exe', processId: server.processId });
    expect(await runFreeing(plan, systemTools, { tree: true })).toMatchObject({ endedProcessIds: [] });
    expect(isRunning(successor.id)).toBe(true);
  });

  it('is ended with what it started, where that is wanted', async () => {
    const server = startServer({ startedAt: minutesAgo(5) });
    const child = machine.startProcess({ parentProcessId: server.processId, startedAt: minutesAgo(4) });
    const grandchild = machine.startProcess({ parentProcessId: child.processId, startedAt: minutesAgo(3) });
    const older = machine.startProcess({ parentProcessId: server.processId, startedAt: minutesAgo(6) });
    const other = machine.startProcess({ startedAt: minutesAgo(1) });
    const part = machine.startProcess({ imageName: 'svchost.exe', parentProcessId: server.processId });
    const { endedProcessIds } = await freePort({ ...port, tree: true });
    expect(endedProcessIds).toEqual([server, child, grandchild].map(({ processId }) => processId));
    expect([older, other, part].map(({ id }) => isRunning(id))).toEqual([true, true, true]);
  });

  it('leaves what it started alone otherwise', async () => {
    const server = startServer();
    const child = machine.startProcess({ parentProcessId: server.processId });
    await freePort(port);
    expect(isRunning(child.id)).toBe(true);
  });

  it('of another user needs an elevated process to be ended', async () => {
    startServer({ elevated: false, userName: 'PC\\somebody' });
    loseRights();
    await expect(freePort(port)).rejects.toMatchObject({
      ...{ code: 'ERROR_ACCESS_DENIED', syscall: 'OpenProcess', protocol: 'tcp', startPort: 3000 },
      message: expect.stringMatching(/ TCP port 3000 was not freed\.$/) as string,
    });
    expect(machine.portOwners('tcp')).toHaveLength(1);
  });

  it('that must be kept keeps the others of the port alive', async () => {
    const server = startServer({}, '127.0.0.1');
    startServer({ imageName: 'svchost.exe' }, '127.0.0.2');
    await expect(freePort(port)).rejects.toMatchObject({
      code: 'ERR_PROCESS_KEPT',
      ...{ protocol: 'tcp', startPort: 3000 },
    });
    expect(isRunning(server.id)).toBe(true);
  });

  it('is never this one', async () => {
    machine.startProcess({ processId: process.pid, imageName: 'node.exe' }).listen(port);
    await expect(freePort(port)).rejects.toMatchObject({
      code: 'ERR_PROCESS_KEPT',
      hint: expect.stringMatching(/^This process \(\d+\) has TCP port 3000 itself: close the socket/) as string,
    });
  });
});

describe('a service', () => {
  const listensOn = [port];

  it('is stopped by the Service Control Manager, where that is allowed', async () => {
    machine.services.add({ name: 'MyServer', imageName: 'server.exe', listensOn, running: true });
    await expect(freePort(port)).rejects.toMatchObject({
      code: 'ERR_PROCESS_KEPT',
      hint: 'The service MyServer uses TCP port 3000. Allow it to be stopped with the option stopServices.',
    });
    expect(await freePort({ ...port, stopServices: true })).toMatchObject({
      endedProcessIds: [],
      stoppedServices: ['MyServer'],
    });
    expect(machine.portOwners('tcp')).toEqual([]);
  });

  it('that Windows needs is never stopped', async () => {
    machine.services.add({ name: 'SharedAccess', imageName: 'svchost.exe', listensOn, running: true });
    await expect(freePort({ ...port, stopServices: true })).rejects.toMatchObject({
      code: 'ERR_PROCESS_KEPT',
      hint: expect.stringMatching(/SharedAccess.*without it/) as string,
    });
    expect(machine.portOwners('tcp')).toHaveLength(1);
  });
});

describe('the owner of a port', () => {
  const owner = (fields: Partial<PortOwner> = {}): PortOwner => ({
    ...port,
    address: '0.0.0.0',
    state: 'LISTEN',
    processId: 4711,
    imageName: 'node.exe',
    serviceNames: [],
    ...fields,
  });
  const asking = { own: 100, ancestors: [99, 98] };

  it.each([
    ['the kernel', { processId: 4, imageName: 'System' }, /^The kernel .*http\.sys/],
    ['lsass.exe', { imageName: 'lsass.exe' }, /does not run without it/],
    ['csrss.exe, in any case', { imageName: 'CSRSS.EXE' }, /does not run without it/],
    ['wininit.exe', { imageName: 'wininit.exe' }, /does not run without it/],
    ['services.exe', { imageName: 'services.exe' }, /does not run without it/],
    ['smss.exe', { imageName: 'smss.exe' }, /does not run without it/],
    ['a service host without names', { imageName: 'svchost.exe' }, /does not run without it/],
    ['vmms.exe', { imageName: 'vmms.exe' }, /does not run without it/],
    ['vmcompute.exe', { imageName: 'vmcompute.exe' }, /does not run without it/],
    ['a port proxy', { imageName: 'svchost.exe', serviceNames: ['iphlpsvc'] }, /port prox/],
    ['WSL', { imageName: 'wslrelay.exe' }, /inside WSL/],
    [
      'Docker Desktop',
      { imageName: 'com.docker.backend.exe' },
      /container\. Command: docker ps --filter publish=3000\./,
    ],
    ['a service that WSL needs', { serviceNames: ['hns'] }, /Do not stop the service hns/],
    ['several services', { serviceNames: ['one', 'two'] }, /several services.*one, two/],
    ['a program that Windows does not name', { imageName: undefined }, /does not say which program/],
    ['this process', { processId: 100 }, /This process \(100\)/],
    ['the shell of this process', { processId: 98, imageName: 'powershell.exe' }, /started this process/],
  ])('is kept: %s', (_, fields, reason) => {
    const { imageName, ...rest } = owner(fields as Partial<PortOwner>);
    const why = whyKeep(imageName === undefined ? rest : { ...rest, imageName }, asking);
    expect(why).toMatch(reason);
    // The user asked for a port, and wants to know what to do.
    expect(why).toMatch(/TCP port 3000\b.*(explain tcp 3000|close the socket|try again|another terminal)/);
  });

  it.each([
    ['a program', {}],
    ['a service of its own', { imageName: 'nginx.exe', serviceNames: ['nginx'] }],
  ])('may be ended: %s', (_, fields) => {
    expect(whyKeep(owner(fields), asking)).toBeUndefined();
  });
});

describe('arguments', () => {
  it.each([
    [{ ...port, protocol: 'sctp' }, 'options.protocol'],
    [{ ...port, port: 0 }, 'options.port'],
    [{ ...port, tree: 'yes' }, 'options.tree'],
    [{ ...port, stopServices: 1 }, 'options.stopServices'],
    [{ ...port, signal: {} }, 'options.signal'],
  ])('that are wrong are refused by their names: %j', async (options, name) => {
    await expect(freePort(options as unknown as FreePortOptions)).rejects.toThrow(name);
  });
});
