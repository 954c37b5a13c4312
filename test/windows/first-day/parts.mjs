// SPDX-License-Identifier: MIT
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { isElevated } from 'win-port-reservation';
import { listProcesses, startElevated } from '../../../dist/calls/processes.js';
import { rolldownBinding } from '../../wine/paths.mjs';
import { isElevationChosen } from '../probes/other-processes.mjs';
import { changesBetween, inventory } from './inventory.mjs';
import { measuredAssumptions, toPage } from './report.mjs';
import { repository, runStep } from './steps.mjs';

const script = path.join(repository, 'test/windows/first-day.mjs');
const pollMs = 1000;

/** @typedef {{ names: string[], folder: string }} Options */

const fileOf = (elevated, folder) => path.join(folder, elevated ? 'elevated.json' : 'not-elevated.json');

/**
 * Runs the steps in this process's own elevation, one after the other, and writes what came of them after each, so that a
 * run that is interrupted has a report too.
 *
 * @param {Options & { elevated: boolean }} options
 */
export async function runPart({ elevated, names, folder }) {
  if (isElevated() !== elevated) throw new Error(`This process is ${elevated ? 'not ' : ''}elevated.`);
  const before = await inventory();
  const part = { elevated, steps: [], changes: [] };
  const env = {
    WPR_EXPECT_ELEVATED: elevated ? '1' : '0',
    // Under Wine the suite must not steer the machine either.
    WPR_CONTROL_PORT: undefined,
    ...(isElevationChosen && process.platform === 'win32' && { NAPI_RS_NATIVE_LIBRARY_PATH: rolldownBinding }),
  };
  for (const name of names) {
    console.log(`\n${elevated ? 'Elevated' : 'Not elevated'}: ${name}`);
    part.steps.push(await runStep(name, { folder, env }));
    part.changes = changesBetween(before, await inventory());
    writeFileSync(fileOf(elevated, folder), JSON.stringify(part));
  }
}

/**
 * Runs both parts as far as this process can, and writes the report.
 *
 * @param {Options} options
 */
export async function runDay(options) {
  const { folder } = options;
  for (const elevated of [false, true]) rmSync(fileOf(elevated, folder), { force: true });
  const notes = {};
  for (const elevated of [false, true]) {
    try {
      await runElsewhereOrHere({ ...options, elevated });
    } catch (error) {
      notes[elevated ? 'elevated part' : 'part without elevation'] = `was not run: ${error.message}`;
      console.error(error.message);
    }
  }
  const parts = [false, true]
    .map((elevated) => fileOf(elevated, folder))
    .filter((file) => existsSync(file))
    .map((file) => JSON.parse(readFileSync(file, 'utf8')));
  const report = { system: { ...system(), ...notes }, parts, assumptions: measuredAssumptions(parts) };
  const page = path.join(folder, 'report.md');
  writeFileSync(path.join(folder, 'report.json'), `${JSON.stringify(report, null, 1)}\n`);
  writeFileSync(page, toPage(report));
  return { page, changed: parts.some(({ changes }) => changes.length > 0) };
}

async function runElsewhereOrHere({ elevated, names, folder }) {
  if (isElevated() === elevated) return runPart({ elevated, names, folder });
  const args = [script, '--part', elevated ? 'elevated' : 'not-elevated', '--folder', folder, '--only', names.join()];
  if (isElevationChosen) return runWithChosenElevation(args, elevated);
  if (!elevated) throw new Error('Start first-day.mjs in a terminal that is not elevated to run this part too.');
  console.log('\nWindows asks for elevation now.');
  const command = args.map((word) => `"${word}"`).join(' ');
  const processId = await startElevated(process.execPath, command, repository);
  const isRunning = async () => (await listProcesses()).some((row) => row.processId === processId);
  while (await isRunning()) await setTimeout(pollMs);
}

/** The simulator, or the stand-in under Wine, takes the elevation of a process from its environment. */
async function runWithChosenElevation(args, elevated) {
  const value = elevated ? '1' : '0';
  const env = { ...process.env, WPR_ELEVATED: value, WIN_PORT_RESERVATION_ELEVATED: value };
  const child = spawn(process.execPath, [...process.execArgv, ...args], { env, stdio: 'inherit' });
  const [exitCode] = await once(child, 'exit');
  if (exitCode !== 0) throw new Error(`it ended with ${exitCode}`);
}

function system() {
  return {
    Windows: os.version(),
    release: os.release(),
    real: process.platform !== 'win32' ? 'no, a simulated Windows' : isElevationChosen ? 'no, Wine' : 'yes',
    architecture: process.arch,
    node: process.version,
    date: new Date().toISOString().slice(0, 10),
  };
}
