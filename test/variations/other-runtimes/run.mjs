// SPDX-License-Identifier: MIT
// Runs the package on Bun and Deno, on a simulated Windows: the supported calls work, and the others fail with a clear
// error.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fetchBinary, repository, unfit } from '../fetched-binary.mjs';

const runtimes = [
  { name: 'Bun 1.4.5', package: '@oven/bun-linux-x64', version: '1.4.5', file: 'bin/bun', args: ['run'] },
  { name: 'Deno 2.9.6', package: '@deno/linux-x64-glibc', version: '2.9.6', file: 'deno', args: ['run', '-A'] },
];
const job = path.join(import.meta.dirname, 'job.mjs');
const commandLine = path.join(repository, 'dist/cli/main.js');

/** Runs a script to its end, on a machine in a file of its own folder. */
function run(runtime, folder, script, ...args) {
  const executable = fetchBinary(runtime.package, runtime.version, runtime.file);
  const { status, stdout, stderr, error } = spawnSync(executable, [...runtime.args, script, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      ...process.env,
      WIN_PORT_RESERVATION_MACHINE: path.join(folder, 'machine.json'),
      WIN_PORT_RESERVATION_SIMULATE: '1',
    },
  });
  if (error) throw error;
  return { status, stdout, stderr };
}

/** The commands, each of which continues after the one before it. */
const commands = [
  { args: ['create', 'tcp', '5000', '2', '--json'], status: 0, says: { startPort: 5000, numberOfPorts: 2 } },
  { args: ['lookup', 'tcp', '5000', '2', '--json'], status: 0, says: { startPort: 5000, numberOfPorts: 2 } },
  { args: ['explain', 'tcp', '5001', '--json'], status: 4, says: { cause: 'persistent-reservation', bindable: false } },
  { args: ['find', '--number', '3', '--json'], status: 0, says: { numberOfPorts: 3 } },
  { args: ['exclude', 'add', 'udp', '6000', '2', '--json'], status: 0, says: { protocol: 'udp', startPort: 6000 } },
  { args: ['delete', 'tcp', '5000', '2', '--json'], status: 0, says: { startPort: 5000 } },
  { args: ['lookup', 'tcp', '5000', '2', '--json'], status: 4, says: { command: 'lookup' } },
];

function checkCommands(runtime, folder) {
  for (const { args, status, says } of commands) {
    const result = run(runtime, folder, commandLine, ...args);
    assert.equal(result.status, status, `${args.join(' ')}: ${result.stderr}`);
    for (const [key, value] of Object.entries(says))
      assert.equal(JSON.parse(result.stdout)[key], value, args.join(' '));
  }
}

function check(runtime) {
  const folder = mkdtempSync(path.join(tmpdir(), 'win-port-reservation-runtime-'));
  try {
    const { status, stdout, stderr } = run(runtime, folder, job, runtime.name);
    assert.equal(status, 0, `${stdout}${stderr}`);
    checkCommands(runtime, folder);
    console.log(`${runtime.name}: ${stdout.trim()}, and ${commands.length} commands`);
  } catch (error) {
    console.error(`${runtime.name}: ${error.message}`);
    process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (unfit) console.log(`Bun and Deno: skipped. ${unfit}`);
else runtimes.forEach(check);
