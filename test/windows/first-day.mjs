// SPDX-License-Identifier: MIT
// Runs every check of the repository that needs a real Windows, and writes one report: JSON to load, Markdown to read.
//
//   first-day.mjs [--yes] [--folder folder] [--only step,step]   runs the steps, in half an hour
//   first-day.mjs --replay report.json                           runs the contract suite on the Windows of a report
//
// Start it in a terminal that is not elevated: it runs the steps there, and asks Windows for elevation to run them once
// more. Started elevated, it runs only the elevated ones. It needs `npm ci --ignore-scripts`, and Visual Studio where the
// addon is not built yet.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { build } from './first-day/build.mjs';
import { repository, steps } from './first-day/steps.mjs';

const { values } = parseArgs({
  options: {
    yes: { type: 'boolean', default: false },
    folder: { type: 'string', default: path.join(repository, 'build', 'first-day') },
    only: { type: 'string', default: Object.keys(steps).join() },
    replay: { type: 'string' },
    // For the elevated process that this one starts.
    part: { type: 'string' },
  },
});
const names = values.only.split(',');
const unknown = names.filter((name) => steps[name] === undefined);
if (unknown.length > 0)
  fail(`no step is called ${unknown.join(' or ')}: there are ${Object.keys(steps).join(', ')}`, 2);

if (values.replay !== undefined) {
  process.exitCode = replay(values.replay);
} else if (values.part !== undefined) {
  const { runPart } = await import('./first-day/parts.mjs');
  await runPart({ elevated: values.part === 'elevated', names, folder: values.folder });
} else {
  console.log(`This takes about half an hour. Each step runs elevated and not elevated:\n${descriptions()}`);
  console.log(
    'Everything that the steps make they delete again. A program that is started meanwhile may find a port taken.',
  );
  if (!values.yes && !(await hasConsent())) fail('Nothing was done. --yes answers the question in a script.', 2);
  mkdirSync(values.folder, { recursive: true });
  build();
  const { runDay } = await import('./first-day/parts.mjs');
  const { page, changed } = await runDay({ names, folder: values.folder });
  console.log(
    `\nThe report: ${page}, and report.json beside it. Please paste the page into an issue of the kind "What my Windows says".`,
  );
  if (changed) fail('The tables of excluded ports are not as they were: see "Left behind" in the report.', 1);
}

function descriptions() {
  return names.map((name) => `  ${name} ${steps[name].what}`).join('\n');
}

async function hasConsent() {
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question('Begin? [y/N] ');
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

/** Runs the contract suite on a simulated Windows that answers as the measured one, on any system. */
function replay(file) {
  const { assumptions } = JSON.parse(readFileSync(file, 'utf8'));
  const vitest = [path.join(repository, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'contract'];
  const env = { ...process.env, WPR_ASSUMPTIONS: JSON.stringify(assumptions) };
  const { status } = spawnSync(process.execPath, vitest, { cwd: repository, env, stdio: 'inherit' });
  return status ?? 1;
}

function fail(message, exitCode) {
  console.error(message);
  process.exit(exitCode);
}
