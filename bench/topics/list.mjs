// SPDX-License-Identifier: MIT
// Measures the command `list` beside a Node that does nothing and one run of netsh after it. It runs in Windows Node, and so do they.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { inRounds } from '../lib/rounds.mjs';
import { report } from '../lib/report-line.mjs';

const main = path.join(import.meta.dirname, '../../dist/cli/main.js');
const netsh = path.join(process.env.SystemRoot, 'System32', 'netsh.exe');
const words = ['interface', 'ipv4', 'show', 'excludedportrange', 'protocol=tcp', 'store=active'];
const run = (file, args) => execFileSync(file, args, { windowsHide: true, stdio: 'pipe' });

const reference = 'node -e 0 and one run of netsh';
const ways = {
  [reference]: () => {
    run(process.execPath, ['-e', '0']);
    run(netsh, words);
  },
  list: () => run(process.execPath, [main, 'list']),
};
const time = (way) => {
  const start = performance.now();
  way();
  return performance.now() - start;
};
const series = await inRounds(ways, time, { rounds: 9, warmUps: 1 });
report({ title: 'The command line', unit: 'ms', reference, series, goals: [{ name: 'list', atMost: 1.5 }] });
