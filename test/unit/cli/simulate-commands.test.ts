// SPDX-License-Identifier: MIT
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readDocument } from '../../shared/cli-output-schema.js';
import { recordsBeside } from '../../../src/machine/records.js';
import { MachineFile } from '../../../src/simulator/file/machine-file.js';
import { temporaryFolder } from '../../shared/temporary-folder.js';
import { errorOf } from './documents.js';
import { runCommand } from './terminal.js';

let folder: string;
let file: string;

beforeEach(() => {
  folder = temporaryFolder('simulate');
  file = path.join(folder, 'machine.json');
  vi.stubEnv('WIN_PORT_RESERVATION_MACHINE', file);
  vi.stubEnv('FORCE_COLOR', undefined);
  vi.stubEnv('NO_COLOR', undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** Runs `simulate` and returns the state of the machine, which the command prints on every system without a note. */
async function simulate(line: string): Promise<Record<string, unknown>> {
  const { exitCode, stdout, stderr } = await runCommand(`simulate ${line} --json`);
  expect({ line, exitCode, stderr }).toEqual({ line, exitCode: 0, stderr: '' });
  const document = readDocument(stdout);
  expect(document).toMatchObject({ command: `simulate ${line.replace(/ [\d-].*| (node.exe|off|vite).*/, '')}` });
  return document;
}

describe('simulate', () => {
  it('gives WinNAT a block, of 100 TCP ports unless it is told otherwise', async () => {
    expect(await simulate('winnat 2969')).toMatchObject({
      machine: file,
      winNatBlocks: [{ protocol: 'tcp', startPort: 2969, numberOfPorts: 100 }],
      ranges: [{ startPort: 2969, endPort: 3068, administered: false, kind: 'foreign' }],
    });
    const { winNatBlocks, services } = await simulate('winnat 5000 10 --protocol udp');
    expect(winNatBlocks).toHaveLength(2);
    expect(services).toContainEqual({ name: 'winnat', state: 'running' });
  });

  it('changes the machine that programs with the preload run on', async () => {
    await simulate('winnat 2969');
    const seen = new MachineFile(file, false).transact((_, machine) => machine.excludedPortRanges('tcp'));
    expect(seen).toMatchObject([{ startPort: 2969 }]);
  });

  it('leaves no process of its own on the machine', async () => {
    await simulate('winnat 2969');
    expect(await simulate('show')).toMatchObject({ processes: [], owners: [] });
  });

  it('refuses what Windows refuses, with the block', async () => {
    await simulate('winnat 2969');
    expect(await errorOf('simulate winnat 3000 10')).toMatchObject({
      code: 'ERROR_SHARING_VIOLATION',
      syscall: 'simulate winnat',
      startPort: 3000,
      numberOfPorts: 10,
      exitCode: 4,
    });
    expect(await errorOf('simulate docker 3000')).toMatchObject({ code: 'WSAEACCES', startPort: 3000 });
  });

  it('runs containers, of both kinds', async () => {
    await simulate('docker 8080');
    const { containers, owners, ranges } = await simulate('docker 8081 --hns --name web');
    expect(containers).toEqual([
      { name: 'container-8080', protocol: 'tcp', port: 8080, heldBy: 'socket' },
      { name: 'web', protocol: 'tcp', port: 8081, heldBy: 'hns' },
    ]);
    expect(owners).toMatchObject([{ port: 8080, imageName: 'com.docker.backend.exe' }]);
    expect(ranges).toMatchObject([{ startPort: 8081, numberOfPorts: 1 }]);
    expect(await errorOf('simulate docker 8082 --name web')).toMatchObject({
      code: 'ERR_SIMULATION',
      message: expect.stringMatching(/A container named web is running\. .*simulate show$/) as string,
    });
  });

  it('runs WSL in both modes, with programs of Linux', async () => {
    await simulate('wsl mirrored');
    expect(await simulate('wsl listen 3000 vite')).toMatchObject({
      wsl: {
        mode: 'mirrored',
        distributions: [{ name: 'Ubuntu', hasNetwork: true }],
        listeners: [{ port: 3000, program: 'vite', ended: false }],
      },
    });
    expect(await simulate('wsl end 3000')).toMatchObject({ wsl: { listeners: [{ port: 3000, ended: true }] } });
    expect(await simulate('wsl release')).toMatchObject({ wsl: { listeners: [] } });
    expect(await errorOf('simulate wsl nat')).toMatchObject({ code: 'ERR_SIMULATION' });
    await simulate('wsl stop');
    await simulate('wsl nat');
    expect(await simulate('wsl listen 3000')).toMatchObject({ owners: [{ imageName: 'wslrelay.exe', port: 3000 }] });
  });

  it('runs other programs, and the kernel', async () => {
    expect(await simulate('http 80')).toMatchObject({ httpPorts: [80], owners: [{ processId: 4, port: 80 }] });
    const { owners, processes } = await simulate('process node.exe --port 3000 --command-line server.js');
    expect(owners).toContainEqual(expect.objectContaining({ imageName: 'node.exe', port: 3000, address: '0.0.0.0' }));
    expect(processes).toContainEqual(expect.objectContaining({ imageName: 'node.exe', commandLine: 'server.js' }));
    expect(await errorOf('simulate process node.exe --port 3000')).toMatchObject({ code: 'WSAEADDRINUSE' });
    expect((await simulate('show'))['processes']).toHaveLength(2);
  });

  it('widens the dynamic range at the next restart', async () => {
    await simulate('max-user-port 65534');
    expect(await simulate('restart')).toMatchObject({
      dynamicRanges: { tcp: { startPort: 1024, numberOfPorts: 64_511 } },
    });
    await simulate('max-user-port off');
    expect(await simulate('restart')).toMatchObject({ dynamicRanges: { tcp: { startPort: 49_152 } } });
    expect(await errorOf('simulate max-user-port 1024')).toMatchObject({ exitCode: 2 });
  });

  it('restarts, after which WinNAT has its block elsewhere', async () => {
    await simulate('winnat 2969');
    const { winNatBlocks } = await simulate('restart');
    expect(winNatBlocks).toMatchObject([{ numberOfPorts: 100 }]);
    expect(winNatBlocks).not.toMatchObject([{ startPort: 2969 }]);
  });

  it('begins anew, even where the file is damaged', async () => {
    await simulate('winnat 2969');
    writeFileSync(file, 'not a machine');
    expect(await errorOf('simulate show')).toMatchObject({ code: 'ERR_MACHINE_FILE' });
    expect(await simulate('reset')).toMatchObject({ winNatBlocks: [], ranges: [] });
  });

  it('keeps no record of a protection that the old machine had', async () => {
    mkdirSync(recordsBeside(file));
    writeFileSync(path.join(recordsBeside(file), 'tcp-3000-1.json'), '{}');
    await simulate('reset');
    expect(existsSync(recordsBeside(file))).toBe(false);
  });

  it('tells people what was done, and shows the machine', async () => {
    expect((await runCommand('simulate winnat 2969')).stdout).toBe('WinNAT has TCP ports 2969-3068\n');
    for (const line of ['wsl nat', 'wsl listen 4000', 'docker 8080 --hns', 'http 80']) await simulate(line);
    const { stdout } = await runCommand('simulate show');
    expect(stdout).toContain(`machine: ${file}\ndynamic range, tcp: 49152-65535\n`);
    expect(stdout).toContain('tcp 80: http.sys\n');
    expect(stdout).toContain('tcp 2969-3068: WinNAT\n');
    expect(stdout).toContain('tcp 8080: a part of Windows\ncontainer container-8080: tcp 8080\n');
    expect(stdout).toContain('WSL: nat\n  Ubuntu: running\n  node: tcp 4000\n');
    expect(stdout).toContain('services: http, winnat\n');
    expect(stdout).toMatch(/^wslrelay\.exe \(process \d+\): tcp 127\.0\.0\.1:4000$/m);
  });

  it.each([
    'simulate',
    'simulate wsl',
    'simulate winnat',
    'simulate winnat 0',
    'simulate docker x',
    'simulate wsl bridged',
  ])('is a wrong command line: %s', async (line) => {
    expect(await errorOf(line)).toMatchObject({ code: 'ERR_COMMAND_LINE', exitCode: 2 });
  });

  it('prints help for each of its commands', async () => {
    for (const line of ['simulate', 'simulate wsl', 'simulate wsl listen', 'simulate winnat']) {
      const { exitCode, stdout } = await runCommand(`${line} --help`);
      expect(exitCode).toBe(0);
      expect(stdout).toContain(`Usage: win-port-reservation ${line}`);
    }
  });
});
