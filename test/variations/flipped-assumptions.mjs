// SPDX-License-Identifier: MIT
// Runs the contract suite on machines that each answer one open question about Windows differently from the model. No
// test may state as a fact what the model only assumes, because then the first run on Windows would fail for a wrong
// guess.
//
//   flipped-assumptions.mjs [--files file]... [--together] [assumptions]
//
// It tries each answer twice: once with the suite knowing the machine's answers, and once without, as on Windows. Each
// assumption takes minutes. --files names the test files to run, default all. --together gives all answers at once,
// which is enough for refusals, where only the number differs.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { assumptions } from '../../dist/simulator/index.js';

const { values, positionals } = parseArgs({
  options: {
    together: { type: 'boolean', default: false },
    files: { type: 'string', multiple: true, default: ['test/contract'] },
  },
  allowPositionals: true,
});

// WSAEACCES, WSAEADDRINUSE and WSAEINVAL, or the errors of the IP Helper functions and netsh.
const winsockErrors = [10013, 10022, 10048];
const win32Errors = [5, 32, 1168];

/** @param {import('../../dist/simulator/index.js').Assumption<number | boolean>} assumption */
function otherValues({ kind, value }, name) {
  if (kind === 'rule') return [!value];
  const errors = /^(create|delete|exclude)/.test(name) ? win32Errors : winsockErrors;
  const others = errors.filter((errorNumber) => errorNumber !== value);
  return kind === 'outcome' && value !== 0 ? [0, others[0]] : [others[0]];
}

const names = positionals.length > 0 ? positionals : Object.keys(assumptions);
const flips = names.flatMap((name) => otherValues(assumptions[name], name).map((value) => ({ [name]: value })));
const machines = values.together ? [Object.assign({}, ...flips.reverse())] : flips;

// A Windows that lets other sockets in would break the promise of the package, so the suite must fail there.
const promises = ['bindInsidePersistentReservation', 'bindInsideRuntimeReservation', 'reservationsCoverBothFamilies'];

let failures = 0;
for (const machine of machines) {
  for (const asOnWindows of [false, true]) {
    if (asOnWindows && promises.some((name) => machine[name] === 0 || machine[name] === false)) continue;
    const start = performance.now();
    const { status, output } = runContract(JSON.stringify(machine), asOnWindows);
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    const run = `${JSON.stringify(machine)}${asOnWindows ? ', as on Windows' : ''}`;
    console.log(`${status === 0 ? 'ok' : 'FAILED'}  ${run}  ${seconds} s`);
    if (status === 0) continue;
    failures += 1;
    console.log([...new Set(output.match(/FAIL .*|Error: .*/g))].join('\n'));
  }
}
if (failures > 0) process.exitCode = 1;

function runContract(machine, asOnWindows) {
  const vitest = path.join('node_modules', 'vitest', 'vitest.mjs');
  const args = [vitest, 'run', '--project', 'contract', '--reporter', 'dot', ...values.files];
  const env = { ...process.env, WPR_ASSUMPTIONS: machine, ...(asOnWindows && { WPR_AS_ON_WINDOWS: '1' }) };
  const cwd = path.join(import.meta.dirname, '../..');
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8', env });
  return { status, output: stdout + stderr };
}
