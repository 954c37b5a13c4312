// SPDX-License-Identifier: MIT
// Is preloaded into every Windows Node of a run, including worker threads and child processes.
import { createRequire } from 'node:module';

const { WPR_MACHINE_PORT, WPR_ADDON, WPR_STAND_IN, WPR_ELEVATED = '1' } = process.env;
if (!WPR_MACHINE_PORT || !WPR_ADDON || !WPR_STAND_IN) {
  throw new Error('WPR_MACHINE_PORT, WPR_ADDON and WPR_STAND_IN must be in the environment of every Node of the run');
}

const standIn = createRequire(import.meta.url)(WPR_STAND_IN);
standIn.attach(WPR_ADDON, Number(WPR_MACHINE_PORT), WPR_ELEVATED === '1');
globalThis[Symbol.for('win-port-reservation.stand-in')] = standIn;
