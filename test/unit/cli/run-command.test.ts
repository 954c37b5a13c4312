// SPDX-License-Identifier: MIT
import { spawn, spawnSync, type ChildProcessWithoutNullStreams, type SpawnSyncReturns } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SimulatedWindows } from '../../../src/simulator/index.js';
import { hangLimitMs } from '../../shared/time-limits.mjs';

// `run` as it is built, out of a package in a folder with spaces, from another folder.

const port = 47_113;
const block = { startPort: port - 5, numberOfPorts: 100 };

let root: string;
let main: string;
let project: string;
let environment: NodeJS.ProcessEnv;

beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'win-port-reservation run-'));
  project = path.join(root, 'a project');
  const installed = path.join(root, 'other folder', 'node_modules', 'win-port-reservation');
  mkdirSync(project);
  cpSync('dist', path.join(installed, 'dist'), { recursive: true });
  cpSync('package.json', path.join(installed, 'package.json'));
  for (const name of ['commander', 'cross-spawn', 'path-key', 'shebang-command', 'shebang-regex', 'which', 'isexe']) {
    symlinkSync(path.resolve('node_modules', name), path.join(installed, '..', name), 'junction');
  }
  main = path.join(installed, 'dist', 'cli', 'main.js');

  const machine = new SimulatedWindows();
  machine.addForeignReservation({ protocol: 'tcp', ...block });
  writeFileSync(path.join(project, 'machine.json'), JSON.stringify({ machine: machine.save(), processes: [] }));
  environment = {
    ...process.env,
    NODE_OPTIONS: '--no-deprecation',
    WIN_PORT_RESERVATION_MACHINE: 'machine.json',
    WIN_PORT_RESERVATION_EXPLAIN_MS: String(hangLimitMs),
  };
});

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

function run(args: readonly string[], input = ''): SpawnSyncReturns<string> {
  const options = { cwd: project, env: environment, encoding: 'utf8', timeout: hangLimitMs, input } as const;
  return spawnSync(process.execPath, [main, 'run', ...args], options);
}

/** Runs a program of a line on the simulated machine. */
function simulate(script: string, ...options: string[]): SpawnSyncReturns<string> {
  return run(['--simulate', ...options, '--', process.execPath, '-e', script]);
}

const listen = `require('net').createServer().listen(${port}, '127.0.0.1')`;
const silent = `${listen}.on('error', (error) => console.log(error.code))`;
const heading = `win-port-reservation: listen EACCES: permission denied 127.0.0.1:${port}\n`;
const reason = `${block.startPort}-${block.startPort + block.numberOfPorts - 1}`;

describe.skipIf(process.platform === 'win32')('run', () => {
  it('passes arguments, streams and the exit code through', () => {
    const script = `process.stdin.pipe(process.stdout);
      console.error(JSON.stringify(process.argv.slice(1)));
      process.exitCode = 77;`;
    const args = ['', 'a b', '"q"', '$HOME', '--json', '--', "it's", '*', '\\'];
    const { status, stdout, stderr } = run(['--', process.execPath, '-e', script, '--', ...args], 'input');
    expect({ status, stdout }).toEqual({ status: 77, stdout: 'input' });
    expect(JSON.parse(stderr)).toEqual(args);
  });

  it('leaves every option behind the command to the command, with and without --', () => {
    const args = ['--explain', 'message', '-h', '--simulate', '--json', '--version'];
    for (const before of [[], ['--']]) {
      const { stdout } = run([...before, process.execPath, '-p', 'process.argv.slice(1).join(" ")', 'x', ...args]);
      expect(stdout).toBe(`x ${args.join(' ')}\n`);
    }
  });

  it('says on the standard error why a port is refused to a program that prints nothing of it', () => {
    const { status, stdout, stderr } = simulate(silent);
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'EACCES\n' });
    expect(stderr.startsWith(heading)).toBe(true);
    expect(stderr).toContain(reason);
  });

  it('says it once for ports of one range, and leaves the message of the error alone', () => {
    const again = `${listen}.on('error', (error) => {
      console.log(error.message.split('\\n').length, error.explanation.cause);
      require('net').createServer().on('error', (error) => console.log(error.message.split('\\n').length > 2))
        .listen(${port + 1}, '127.0.0.1');
    })`;
    const { stdout, stderr } = simulate(again);
    expect(stdout).toBe('1 foreign-range\ntrue\n');
    expect(stderr.split('win-port-reservation: ')).toHaveLength(2);
  });

  it('does not hold up a program for each port that it tries', () => {
    const many = `const net = require('net');
      const first = Array.from({ length: 8 }, () => net.createServer().listen(0, '127.0.0.1'));
      Promise.all(first.map((server) => require('events').once(server, 'listening'))).then(async () => {
        for (const { port } of first.map((server) => server.address())) {
          await require('events').once(net.createServer().listen(port, '127.0.0.1'), 'never').catch(() => undefined);
        }
        for (const server of first) server.close();
      })`;
    const { stderr } = simulate(many);
    expect(stderr.match(/^win-port-reservation: listen EADDRINUSE/gm)).toHaveLength(5);
  });

  it('puts it into the message instead, where that is wanted', () => {
    const { status, stdout, stderr } = simulate(silent, '--explain', 'message');
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'EACCES\n', stderr: '' });
    const uncaught = simulate(listen, '--explain=message');
    expect(uncaught.status).toBe(1);
    expect(uncaught.stderr).toMatch(new RegExp(`Error: listen EACCES.*\\n.*${reason}`));
  });

  it('reaches worker threads, and children in other folders', () => {
    const inThread = `new (require('worker_threads').Worker)(${JSON.stringify(silent)}, { eval: true })`;
    expect(simulate(inThread).stderr).toContain(reason);
    const inChild = `require('child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(silent)}],
      { cwd: '/', stdio: 'inherit' })`;
    const { stdout, stderr } = simulate(inChild);
    expect(stdout).toBe('EACCES\n');
    expect(stderr).toContain(reason);
  });

  it('keeps the options that Node has already', () => {
    const { stdout } = run(['--', process.execPath, '-p', 'process.noDeprecation']);
    expect(stdout).toBe('true\n');
  });

  it('only runs the command where there is no Windows', () => {
    const { status, stdout, stderr } = run(['--', process.execPath, '-e', silent.replace('127.0.0.1', '192.0.2.1')]);
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'EADDRNOTAVAIL\n', stderr: '' });
  });

  it('names a command that there is not', () => {
    const { status, stderr } = run(['--', 'no such program']);
    expect(status).toBe(1);
    expect(stderr).toBe(
      "error: cannot start 'no such program': there is no such program on the PATH, and no such file\n",
    );
    expect(run([]).stderr).toContain("missing required argument 'command'");
    expect(run(['--explain', 'all', 'node']).stderr).toContain('Allowed choices are stderr, message.');
  });

  describe('a signal', () => {
    const waiting =
      "process.on('SIGTERM', () => process.exit(9)); setInterval(() => {}, 2 ** 30); console.log('ready')";

    async function startWaiting(script: string): Promise<ChildProcessWithoutNullStreams> {
      const child = spawn(process.execPath, [main, 'run', '--', process.execPath, '-e', script], { env: environment });
      await once(createInterface({ input: child.stdout }), 'line');
      return child;
    }

    it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
      '%s reaches the command, whose end is that of run',
      async (name) => {
        const child = await startWaiting(waiting.replace('SIGTERM', name));
        child.kill(name);
        expect(await once(child, 'exit')).toEqual([9, null]);
      },
    );

    it('that ends the command ends run as well', async () => {
      const child = await startWaiting(
        "console.log('ready'); setImmediate(() => process.kill(process.pid, 'SIGKILL'))",
      );
      expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
    });
  });
});
