// SPDX-License-Identifier: MIT
// Asks this Windows about every assumption of the model, and says where the model is wrong.
//
//   probes.mjs [--json file] [--strict] [assumptions]
//
// --json also writes the answers to a file. With --strict a difference is a failure; without it, only a broken probe
// is. An elevated run changes the list of reservations for moments at a time. A run that is not elevated answers only
// some of the questions.
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { isElevated } from 'win-port-reservation';
import { inAnotherProcess } from './probes/other-processes.mjs';
import { runProbes } from './probes/run-probes.mjs';

const { values, positionals } = parseArgs({
  options: { json: { type: 'string' }, strict: { type: 'boolean', default: false } },
  allowPositionals: true,
});

const system = {
  platform: process.platform,
  release: os.release(),
  version: os.version(),
  arch: process.arch,
  node: process.version,
  elevated: isElevated(),
};
console.log(
  Object.entries(system)
    .map(([name, value]) => `${name} ${value}`)
    .join(', '),
);

const results = await runProbes({ inAnotherProcess, ...(positionals.length > 0 && { names: positionals }) });
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ system, results }, null, 2)}\n`);

/** @param {import('./probes/run-probes.mjs').Result} result */
function verdictOf({ defect, agrees }) {
  if (defect !== undefined) return 'defect';
  return { true: 'agrees', false: 'DIFFERS', null: '-' }[String(agrees)];
}

const rows = results.map((result) => ({
  cells: [result.assumption, verdictOf(result), result.modelValue, result.windowsValue ?? '-'].map((cell) =>
    typeof cell === 'object' ? JSON.stringify(cell) : String(cell),
  ),
  remarks: [...result.notes, ...(result.defect === undefined ? [] : [result.defect])],
}));
const header = ['assumption', '', 'model', 'Windows'];
const widths = header.map((_, column) =>
  Math.max(...rows.map(({ cells }) => cells[column].length), header[column].length),
);
const line = (cells) =>
  cells
    .map((cell, column) => cell.padEnd(widths[column]))
    .join('  ')
    .trimEnd();
console.log(`\n${line(header)}`);
for (const { cells, remarks } of rows) {
  console.log(line(cells));
  for (const remark of remarks) console.log(`    ${remark.replaceAll('\n', '\n    ')}`);
}

const count = (verdict) => results.filter((result) => verdictOf(result) === verdict).length;
console.log(
  `\n${count('agrees')} agree, ${count('DIFFERS')} differ, ${count('-')} have no answer, ${count('defect')} failed`,
);
if (count('defect') > 0 || (values.strict && count('DIFFERS') > 0)) process.exitCode = 1;
