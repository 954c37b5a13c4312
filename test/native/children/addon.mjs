// SPDX-License-Identifier: MIT
// Gives the scripts of this folder the raw exports of the addon, and the machine.
import { createRequire } from 'node:module';
import { setImmediate } from 'node:timers/promises';
import { askMachineAt } from '../../wine/ask-machine.mjs';
import { toJson } from '../../wine/json.mjs';

/** @type {import('../../../dist/windows/native-binding.js').NativeBinding} */
export const addon = createRequire(import.meta.url)(process.env.WPR_ADDON);

export const tcp = { protocol: 6, family: 2 };
export const udp = { protocol: 17, family: 2 };
export const anyBlock = (numberOfPorts) => ({ startPortNetworkOrder: 0, numberOfPorts });

/** Calls a method of the machine that all processes of the run share. */
export const askMachine = (method, ...args) => askMachineAt(Number(process.env.WPR_CONTROL_PORT), method, ...args);

/** Collects garbage, and lets the finalizers run, which Node does after the collection. */
export async function collect() {
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc();
    await setImmediate();
  }
}

/** Returns the result of a call, or throws an error with the number that Windows returned. */
export function resultOf(outcome) {
  if (outcome?.errorNumber !== undefined) throw new Error(`${outcome.call}: ${outcome.errorNumber}`);
  return outcome;
}

/** Prints one line of JSON, and waits until it is written. */
export function report(value) {
  return new Promise((resolve) => void process.stdout.write(`${toJson(value)}\n`, resolve));
}
