// SPDX-License-Identifier: MIT
import { isElevated, listExcludedPortRanges } from 'win-port-reservation';
import { assumptions } from 'win-port-reservation/simulator';
import { acquireProbes } from './acquire-probes.mjs';
import { bindProbes } from './bind-probes.mjs';
import { createProbes } from './create-probes.mjs';
import { listProbes } from './list-probes.mjs';
import { Unanswered } from './outcome.mjs';
import { Stage } from './stage.mjs';
import { tokenProbes } from './token-probes.mjs';

/**
 * The answer to one assumption: an error number, 0 for success, or a boolean; or one of these for each of several
 * cases.
 *
 * @typedef {number | boolean | Record<string, number | boolean>} Answer
 *
 * @typedef {object} Probe
 * @property {boolean} [needsElevation]
 * @property {(stage: Stage) => Promise<Answer>} run
 *
 * @typedef {object} Result
 * @property {string} assumption
 * @property {number | boolean} modelValue
 * @property {Answer | null} windowsValue One value if all cases have the same; null without an answer.
 * @property {boolean | null} agrees
 * @property {string[]} notes
 * @property {string} [defect] The unexpected error that ended the probe.
 */

/** @type {Record<string, Probe>} */
export const probes = { ...createProbes, ...listProbes, ...acquireProbes, ...tokenProbes, ...bindProbes };

const mirrored = 'needs WSL with mirrored networking, which has to be set up by hand';

/** The assumptions that no probe answers, with the reason. */
export const withoutProbe = {
  createOverUnlistedReservation: mirrored,
  acquireOverUnlistedReservation: mirrored,
  guestPortReservationsAreEnumerated: mirrored,
};

/**
 * Asks this Windows about the assumptions of the model, one after the other.
 *
 * @param {object} options
 * @param {typeof import('./other-processes.mjs').inAnotherProcess} options.inAnotherProcess
 * @param {readonly string[]} [options.names] Default all.
 * @returns {Promise<Result[]>}
 */
export async function runProbes({ inAnotherProcess, names = Object.keys(assumptions) }) {
  const foreign = (await listExcludedPortRanges()).filter(({ administered }) => !administered);
  const results = [];
  for (const name of names) {
    if (assumptions[name] === undefined) throw new RangeError(`there is no assumption named ${name}`);
    results.push(await answer(name, new Stage({ inAnotherProcess, foreign })));
  }
  return results;
}

/** @returns {Promise<Result>} */
async function answer(name, stage) {
  const modelValue = assumptions[name].value;
  const result = { assumption: name, modelValue, windowsValue: null, agrees: null, notes: stage.notes };
  try {
    const given = await ask(name, stage);
    const cases = typeof given === 'object' ? Object.values(given) : [given];
    result.windowsValue = cases.every((value) => value === cases[0]) ? cases[0] : given;
    result.agrees = cases.every((value) => value === modelValue);
  } catch (error) {
    if (error instanceof Unanswered) result.notes.push(`no answer: ${error.message}`);
    else result.defect = error.stack;
  }
  try {
    await stage.end();
  } catch (error) {
    result.defect ??= error.stack;
  }
  return result;
}

async function ask(name, stage) {
  if (withoutProbe[name] !== undefined) throw new Unanswered(withoutProbe[name]);
  const probe = probes[name];
  if (probe.needsElevation && !isElevated()) throw new Unanswered('needs an elevated process');
  return probe.run(stage);
}
