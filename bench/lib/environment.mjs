// SPDX-License-Identifier: MIT
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const repository = path.resolve(import.meta.dirname, '../..');

export function versionOf(name) {
  return JSON.parse(readFileSync(path.join(repository, 'node_modules', name, 'package.json'), 'utf8')).version;
}

/** Returns the commit of the measured package. Files that a run writes do not count as changes. */
function commit() {
  const git = (...args) => execFileSync('git', args, { cwd: repository, encoding: 'utf8' }).trim();
  const written = [':!bench/README.md', ':!bench/charts'];
  const changes = git('status', '--porcelain', '--', 'src', 'native', 'bench', 'package.json', ...written);
  return git('rev-parse', '--short', 'HEAD') + (changes === '' ? '' : ' + changes');
}

/** Describes the machine and the versions of everything involved. */
export function describeEnvironment(windowsNode) {
  const [cpu] = os.cpus();
  const wine = () =>
    execFileSync('wine', ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: commit(),
    machine: `${os.cpus().length} x ${cpu.model.trim()}, ${Math.round(os.totalmem() / 2 ** 30)} GB`,
    system: `${os.type()} ${os.release()}${windowsNode ? `, ${wine()}, Windows Node ${windowsNode}` : ''}`,
    Node: process.versions.node,
    'measured with': ['tinybench', 'autocannon'].map((name) => `${name} ${versionOf(name)}`).join(', '),
    'measured beside': ['koffi', 'get-port'].map((name) => `${name} ${versionOf(name)}`).join(', '),
  };
}
