// SPDX-License-Identifier: MIT
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { listPortOwners } from '../../../src/calls/port-owners.js';
import { describeProcesses, endProcess, listProcesses, startElevated } from '../../../src/calls/processes.js';
import { readMaxUserPort } from '../../../src/calls/registry.js';
import { queryService, startService, stopService } from '../../../src/calls/services.js';
import { MachineFile } from '../../../src/simulator/file/machine-file.js';
import { splitCommandLine } from '../../../src/simulator/file/start-elevated.js';
import { SimulatedWindows } from '../../../src/simulator/model/machine.js';
import { simulatedMachine } from '../../../src/simulator/simulated-machine.js';
import { getTools } from '../../../src/windows/binding.js';
import { hangLimitMs } from '../../shared/time-limits.mjs';
import { installForTest } from '../install-for-test.js';
import { temporaryFolder } from '../../shared/temporary-folder.js';

let windows: SimulatedWindows;

beforeEach(() => {
  windows = new SimulatedWindows();
  installForTest(windows);
});
/** Becomes a process that is not elevated. */
function dropElevation(): void {
  installForTest(windows, { elevated: false });
}

describe('a service of the machine', () => {
  it('is asked for, stopped and started through the package', async () => {
    windows.winNat.addBlock({ protocol: 'tcp', startPort: 2969, numberOfPorts: 100 });
    expect(await queryService('WinNAT')).toMatchObject({ state: 'running', acceptsStop: true, processId: 0 });
    expect(await stopService('winnat')).toMatchObject({ state: 'stopped', acceptsStop: false });
    expect(windows.winNat.blocks).toEqual([]);
    await startService('winnat');
    expect(windows.winNat.blocks).toHaveLength(1);
  });

  it('that is slow says when to ask again', async () => {
    windows.services.add({ name: 'slow', running: true, questionsToStop: 1 });
    expect(await stopService('slow')).toMatchObject({ state: 'stop-pending', acceptsStop: false, waitHintMs: 1000 });
    expect(await queryService('slow')).toMatchObject({ state: 'stop-pending', checkPoint: 1 });
    expect(await queryService('slow')).toMatchObject({ state: 'stopped', waitHintMs: 0 });
  });

  it('is looked at by everybody, and changed by elevated processes', async () => {
    dropElevation();
    expect((await queryService('winnat')).state).toBe('stopped');
    await expect(startService('winnat')).rejects.toMatchObject({
      code: 'ERROR_ACCESS_DENIED',
      syscall: 'OpenServiceW',
    });
    await expect(stopService('http')).rejects.toMatchObject({ code: 'ERROR_ACCESS_DENIED' });
    await expect(queryService('nobody')).rejects.toMatchObject({
      code: 'ERROR_SERVICE_DOES_NOT_EXIST',
      syscall: 'OpenServiceW',
    });
  });

  it('is named by the ports of its process', async () => {
    const listensOn = [{ protocol: 'tcp', port: 80 } as const];
    windows.services.add({ name: 'W3SVC', imageName: 'svchost.exe', listensOn, running: true });
    expect(await listPortOwners({ port: 80 })).toMatchObject([{ imageName: 'svchost.exe', serviceNames: ['W3SVC'] }]);
  });

  it('fails as a test plans it', async () => {
    windows.failNext('ControlService', 1053);
    await expect(stopService('http')).rejects.toMatchObject({ code: 'ERROR_SERVICE_REQUEST_TIMEOUT' });
    expect((await stopService('http')).state).toBe('stopped');
  });
});

describe('a process of the machine', () => {
  it('is this one, with its command line, its folder and its parents', async () => {
    const [own] = await describeProcesses([process.pid]);
    expect(own).toMatchObject({ executable: process.execPath, workingDirectory: process.cwd() });
    expect(own?.commandLine).toContain(process.execPath);
    expect(own?.startedAt?.getTime()).toBeLessThanOrEqual(Date.now());
    expect(own?.userName).toMatch(/^SIMULATED\\./);
    const rows = await listProcesses();
    expect(rows).toContainEqual(expect.objectContaining({ processId: process.pid, parentProcessId: process.ppid }));
    const parent = rows.find(({ processId }) => processId === process.ppid);
    expect(parent).toBeDefined();
    expect((await describeProcesses([process.ppid]))[0]?.createdAt).toBeUndefined();
  });

  it.runIf(process.platform === 'linux')('has parents with names where the host tells them', async () => {
    const rows = await listProcesses();
    expect(rows.find(({ processId }) => processId === process.ppid)?.imageName).toMatch(/./);
    expect((await describeProcesses([process.ppid]))[0]?.commandLine).toMatch(/./);
  });

  it('that has ended has no details', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    expect(await describeProcesses([child.pid ?? 0, 0])).toEqual([{ processId: child.pid }, { processId: 0 }]);
  });

  it('is ended, which frees its port', async () => {
    const server = windows.startProcess({ imageName: 'node.exe' });
    server.listen({ protocol: 'tcp', port: 3000 });
    const [owner] = await listPortOwners({ port: 3000 });
    const [{ createdAt = 0n } = {}] = await describeProcesses([owner?.processId ?? 0]);
    await expect(endProcess(server.processId, createdAt + 1n)).rejects.toMatchObject({
      code: 'ERROR_INVALID_PARAMETER',
    });
    await endProcess(server.processId, createdAt);
    expect(await listPortOwners({ port: 3000 })).toEqual([]);
  });

  it('does not end itself', async () => {
    const [{ createdAt = 0n } = {}] = await describeProcesses([process.pid]);
    await expect(endProcess(process.pid, createdAt)).rejects.toMatchObject({ code: 'ERROR_ACCESS_DENIED' });
  });

  it('is not started elevated on a machine in memory', async () => {
    await expect(startElevated(process.execPath, '', '.')).rejects.toMatchObject({ code: 'ERROR_CANCELLED' });
  });
});

describe('MaxUserPort', () => {
  it('is read from the registry of the machine', async () => {
    expect(await readMaxUserPort()).toBeUndefined();
    windows.registry.write('SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters', 'MaxUserPort', 65_534);
    expect(await readMaxUserPort()).toBe(65_534);
  });
});

describe('wsl.exe', () => {
  const wsl = async (...args: string[]) => (await getTools()('wsl', args)) ?? 'not installed';

  it('is there once WSL has run', async () => {
    expect(await wsl('--list', '--running')).toBe('not installed');
    windows.wsl.start();
    windows.wsl.start({ distribution: 'Debian' });
    expect(await wsl('--list', '--running', '--quiet')).toEqual({ exitCode: 0, output: 'Ubuntu\r\nDebian\r\n' });
    expect(await wsl('-l', '-q')).toEqual({ exitCode: 0, output: 'Ubuntu\r\nDebian\r\n' });
  });

  it('ends distributions', async () => {
    windows.wsl.start();
    windows.wsl.start({ distribution: 'Debian' });
    expect(await wsl('--terminate', 'Debian')).toEqual({ exitCode: 0, output: '' });
    expect(windows.wsl.distributions.map(({ name }) => name)).toEqual(['Ubuntu']);
    expect(await wsl('-t', 'Debian')).toMatchObject({ exitCode: 0xffff_ffff });
    await wsl('--shutdown');
    expect(await wsl('--list', '--running')).toMatchObject({ exitCode: 0xffff_ffff });
  });

  it('tells the mode of the network, and which programs of Linux listen', async () => {
    windows.wsl.start({ mode: 'mirrored' });
    windows.wsl.listen(3000, 'vite');
    windows.wsl.listen(3001, 'gone');
    windows.wsl.end(3001);
    expect(await wsl('--exec', 'wslinfo', '--networking-mode')).toEqual({ exitCode: 0, output: 'mirrored\n' });
    const { output } = (await getTools()('wsl', ['-e', 'ss', '-lntp'])) ?? { output: '' };
    expect(output).toMatch(/\*:3000 .*"vite"/);
    expect(output).not.toContain('3001');
  });

  it('starts a distribution to run a program in it', async () => {
    windows.wsl.start();
    windows.wsl.shutDown();
    expect(await wsl('-d', 'Debian', '--exec', 'no-such-program')).toMatchObject({ exitCode: 127 });
    expect(windows.wsl.distributions.map(({ name }) => name)).toEqual(['Debian']);
  });

  it('fails as a test plans it, and is left alone by those who gave up', async () => {
    windows.wsl.start();
    windows.failNext('wsl --shutdown', 1);
    expect(await wsl('--shutdown')).toEqual({ exitCode: 1, output: '' });
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(getTools()('wsl', ['--shutdown'], { signal })).rejects.toThrow('enough');
    expect(windows.wsl.distributions).toHaveLength(1);
  });
});

describe('docker.exe', () => {
  const docker = (...args: string[]) => getTools()('docker', args);

  it('lists the containers that publish a port, and stops them', async () => {
    expect(await docker('ps')).toBeUndefined();
    windows.docker.run({ port: 8080, name: 'web' });
    windows.docker.run({ port: 8081, name: 'db' });
    expect(await docker('ps', '--filter', 'publish=8080', '--format', '{{.Names}}\\t{{.Ports}}')).toEqual({
      exitCode: 0,
      output: 'web\t0.0.0.0:8080->8080/tcp\n',
    });
    expect((await docker('ps'))?.output.match(/web|db/g)).toEqual(['web', 'db']);
    expect((await docker('ps', '--format=json', '--filter=publish=8081'))?.output).toContain('"Names":"db"');
    expect(await docker('stop', 'web')).toMatchObject({ exitCode: 0 });
    expect(windows.docker.containers).toHaveLength(1);
    expect(await docker('stop', 'web')).toMatchObject({ exitCode: 1 });
  });
});

// Only Linux tells a process of the host from a later one with the same id.
describe.runIf(process.platform === 'linux')('a machine in a file', () => {
  let folder: string;
  let access: MachineFile;

  beforeEach(() => {
    folder = temporaryFolder('processes');
    access = new MachineFile(path.join(folder, 'machine.json'), true);
  });

  it('ends a program of the host that is on it, and no other', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const ended = once(child, 'exit');
    const { pid = 0 } = child;
    const machine = simulatedMachine(access);
    // A process of the model alone, with an id that the host has given too.
    access.transact((_, model) => model.startProcess({ processId: pid }));
    const createdAt = (await machine.describeProcesses([pid]))[0]?.createdAt ?? 0n;
    expect(await machine.terminateProcess(pid, createdAt)).toBeUndefined();
    expect(child.exitCode ?? child.signalCode).toBeNull();

    const elevated = await machine.runElevated(process.execPath, '-e "setInterval(() => {}, 1000)"', folder);
    expect(elevated).toBeTypeOf('number');
    const [started] = await machine.describeProcesses([Number(elevated)]);
    expect(started).toMatchObject({ executable: process.execPath, workingDirectory: folder });
    expect(await machine.terminateProcess(Number(elevated), started?.createdAt ?? 0n)).toBeUndefined();
    expect(await machine.terminateProcess(Number(elevated), started?.createdAt ?? 0n)).toMatchObject({
      errorNumber: 87,
    });
    await vi.waitFor(
      () => {
        expect(() => process.kill(Number(elevated), 0)).toThrow();
      },
      { timeout: hangLimitMs },
    );
    child.kill('SIGKILL');
    await ended;
  });

  it('starts no program that is not there', async () => {
    const machine = simulatedMachine(access);
    expect(await machine.runElevated(path.join(folder, 'none'), '', folder)).toEqual({
      call: 'ShellExecuteExW',
      errorNumber: 5,
    });
  });
});

describe('the command line of an elevated program', () => {
  it.each([
    ['', []],
    ['a b', ['a', 'b']],
    ['  "C:\\Program Files\\app.js"  tcp\t3000 ', ['C:\\Program Files\\app.js', 'tcp', '3000']],
    ['"" x', ['', 'x']],
    ['"a \\"b\\" c" "d\\\\" e\\f', ['a "b" c', 'd\\', 'e\\f']],
    ['a"b c"d', ['ab cd']],
    ['"\\\\server\\share\\\\" end', ['\\\\server\\share\\', 'end']],
  ])('%j is split as Windows splits it', (commandLine, words) => {
    expect(splitCommandLine(commandLine)).toEqual(words);
  });
});
