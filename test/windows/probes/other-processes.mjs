// SPDX-License-Identifier: MIT
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { hangLimitMs } from '../../shared/time-limits.mjs';
import { fromJson, toJson } from '../../wine/json.mjs';
import { canRunNotElevated, notElevatedCommand } from '../not-elevated/standard-user.mjs';
import { Unanswered } from './outcome.mjs';

const child = path.join(import.meta.dirname, 'child.mjs');

/** Whether the simulator, or the stand-in under Wine, decides by the environment which process is elevated. */
export const isElevationChosen = process.platform !== 'win32' || process.env.WPR_STAND_IN !== undefined;

/**
 * Takes a step in a process of its own.
 *
 * @param {import('./steps.mjs').StepName} step
 * @param {object} args
 * @param {{ elevated: boolean }} options True for a process that is elevated like this one.
 */
export async function inAnotherProcess(step, args, { elevated }) {
  const node = [...process.execArgv, child, step, Buffer.from(toJson(args)).toString('base64url')];
  if (elevated || isElevationChosen) return runNode(node, elevated ? {} : notElevated);
  if (!canRunNotElevated) throw new Unanswered('a process that is not elevated cannot be started here');
  return runNode(notElevatedCommand(node), {});
}

const notElevated = { WIN_PORT_RESERVATION_ELEVATED: '0', WPR_ELEVATED: '0' };

async function runNode(args, env) {
  const options = { env: { ...process.env, ...env }, timeout: hangLimitMs, windowsHide: true };
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { stdout } = await promisify(execFile)(process.execPath, args, options);
      return fromJson(stdout);
    } catch (error) {
      // Wine fails to start a process about once in a thousand times, so try once more.
      if (error.message !== 'spawn UNKNOWN' || attempt === 5) throw error;
    }
  }
}
