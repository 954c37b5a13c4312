// SPDX-License-Identifier: MIT
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkMachine, type MachineCheck } from 'win-port-reservation';
import { MachineFile } from '../../dist/simulator/file/machine-file.js';
import type { SimulatedWindows } from '../../dist/simulator/index.js';
import { readDocument } from '../shared/cli-output-schema.js';
import { temporaryFolder } from '../shared/temporary-folder.js';
import { freeBlock, readToEnd, ring, spawnNode } from './ring.js';

// Runs doctor on machines of its own, because it looks at everything on a machine.

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

let folder: string;
let file: string;
let port: number;

beforeEach(async () => {
  folder = temporaryFolder('doctor');
  file = path.join(folder, 'machine.json');
  port = await freeBlock(1);
});

function onOwnMachine(work: (machine: SimulatedWindows) => void): void {
  new MachineFile(file, true).transact((_, machine) => {
    work(machine);
  });
}

async function runDoctor(args: readonly (string | number)[], elevated = true) {
  const child = spawnNode([main, 'doctor', ...args.map(String)], {
    WIN_PORT_RESERVATION_MACHINE: file,
    WIN_PORT_RESERVATION_ELEVATED: elevated ? '1' : '0',
    FORCE_COLOR: undefined,
    NO_COLOR: undefined,
  });
  child.stdin.end();
  const closed = once(child, 'close') as Promise<[number | null]>;
  const [stdout, stderr] = await Promise.all([readToEnd(child.stdout), readToEnd(child.stderr)]);
  const [exitCode] = await closed;
  return { exitCode, stdout, stderr };
}

/** Returns the checks that are not in order, and the exit code. */
async function diagnose(elevated = true) {
  const { exitCode, stdout } = await runDoctor([port, '--json'], elevated);
  const { checks } = readDocument(stdout) as unknown as { checks: MachineCheck[] };
  return { exitCode, found: checks.filter(({ state }) => state !== 'ok') };
}

const advising = (command: string) => ({ advice: { commands: [expect.stringContaining(command) as string] } });

describe.skipIf(ring !== 'simulated')('doctor', () => {
  it('finds nothing wrong where nothing is', async () => {
    expect(await diagnose()).toEqual({ exitCode: 0, found: [] });
    const { exitCode, stdout } = await runDoctor([port]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(new RegExp(`^ok {7}No reservation is in the way of TCP port ${port}\\.\n`));
    expect(stdout).toMatch(/^ +NODE_OPTIONS=--require \S.*preload\.cjs"?$/m);
    expect(stdout).not.toMatch(/^(warning|problem|unknown)/m);
  });

  it('says what only an elevated process is told', async () => {
    const { exitCode, found } = await diagnose(false);
    expect(exitCode).toBe(0);
    expect(found).toMatchObject([{ name: 'guest-ports', state: 'unknown', ...advising(`doctor ${port}`) }]);
  });

  it('finds a block of WinNAT over a port, and prints the command that protects it', async () => {
    onOwnMachine(({ winNat }) => {
      winNat.addBlock({ protocol: 'tcp', startPort: port, numberOfPorts: 100 });
    });
    expect(await diagnose()).toMatchObject({
      exitCode: 4,
      found: [{ name: 'ports', state: 'problem', ...advising(`protect tcp ${port}`) }],
    });
    const { stdout } = await runDoctor([port]);
    expect(stdout).toMatch(new RegExp(`^problem {2}TCP port ${port} lies in ${port}-${port + 99},`));
    expect(stdout).toMatch(new RegExp(`^ {9}in an elevated process:\n {11}.* protect tcp ${port}$`, 'm'));
  });

  it('finds a dynamic range that MaxUserPort has widened', async () => {
    const key = 'SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters';
    onOwnMachine((machine) => {
      machine.registry.write(key, 'MaxUserPort', 65_000);
      machine.restart();
    });
    const { exitCode, found } = await diagnose();
    expect(exitCode).toBe(4);
    expect(found.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'dynamic-range problem',
      'dynamic-range problem',
      'dynamic-range warning',
      'dynamic-range warning',
      'max-user-port problem',
    ]);
  });

  it('finds two servers of one port', async () => {
    onOwnMachine((machine) => {
      for (const address of ['127.0.0.1', '::1']) {
        machine.startProcess({ imageName: 'node.exe' }).listen({ protocol: 'tcp', port, address });
      }
    });
    const { exitCode, found } = await diagnose();
    expect({ exitCode, found }).toMatchObject({ exitCode: 4, found: [{ name: 'servers', state: 'problem' }] });
    expect(found[0]?.sentence).toMatch(/at 127\.0\.0\.1 and .* at ::1\./);
  });

  it.each([true, false])(
    'finds mirrored WSL and the port of a Linux program, elevated or not: %s',
    async (elevated) => {
      onOwnMachine(({ wsl }) => {
        wsl.start({ mode: 'mirrored' });
        wsl.listen(port);
      });
      const { exitCode, found } = await diagnose(elevated);
      expect(exitCode).toBe(0);
      expect(found).toContainEqual(expect.objectContaining({ name: 'wsl', state: 'warning' }));
      const ofPort = found.filter(({ name }) => name === 'ports');
      expect(ofPort).toMatchObject([{ state: 'warning', ...advising(`explain tcp ${port}`) }]);
      expect(ofPort[0]?.sentence).toMatch(/WSL with mirrored networking/);
    },
  );

  it('does not start a distribution of WSL that does not run', async () => {
    onOwnMachine(({ wsl }) => {
      wsl.start({ mode: 'mirrored' });
      wsl.shutDown();
    });
    expect(await diagnose()).toMatchObject({ exitCode: 0, found: [{ name: 'wsl', state: 'unknown' }] });
    let running: readonly unknown[] = ['unknown'];
    onOwnMachine(({ wsl }) => {
      running = wsl.distributions;
    });
    expect(running).toEqual([]);
  });
});

describe('checkMachine', () => {
  it('checks its arguments before it asks Windows', async () => {
    const rejected = { code: 'ERR_OUT_OF_RANGE', message: expect.stringContaining('options.ports[1]') as string };
    await expect(checkMachine({ ports: [3000, 0] })).rejects.toMatchObject(rejected);
    await expect(checkMachine({ ports: '3000' as never })).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
    await expect(checkMachine({ ports: ['3000' as never] })).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
  });

  it('has a check of each subject, and names the ports once', async () => {
    const checks = await checkMachine({ ports: [port, port] });
    expect(new Set(checks.map(({ name }) => name)).size).toBe(15);
    const [first] = checks.filter(({ name }) => name === 'ports');
    expect(first?.sentence.split(String(port))).toHaveLength(2);
  });
});
