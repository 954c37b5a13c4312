// SPDX-License-Identifier: MIT
import { spawn } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { errorCodes } from '../../common/error-codes.js';
import { packageRoot } from '../../package-root.js';
import { Refusal } from '../model/refusal.js';

/** Starts a program of the host as an elevated process of the machine in a file, and does not wait for it. Returns its pid. */
export function startElevated(machine: string, file: string, parameters: string, folder: string): number {
  const simulate = pathToFileURL(path.join(packageRoot(), 'dist', 'simulator', 'simulate.js')).href;
  const child = spawn(file, splitCommandLine(parameters), {
    cwd: folder,
    detached: true,
    stdio: 'ignore',
    windowsHide: true,
    env: {
      ...process.env,
      NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --import=${simulate}`.trim(),
      WIN_PORT_RESERVATION_MACHINE: machine,
      WIN_PORT_RESERVATION_ELEVATED: '1',
    },
  });
  // The caller knows it by the missing pid.
  child.on('error', () => undefined).unref();
  if (child.pid === undefined) throw new Refusal(errorCodes.ERROR_ACCESS_DENIED.errorNumber);
  return child.pid;
}

/** Splits a command line as the programs of Windows do: 2n backslashes before a quote are n, and one more makes it a letter. */
export function splitCommandLine(commandLine: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let isQuoted = false;
  for (const [, backslashes = '', character = ''] of commandLine.matchAll(/(\\*)("|[^\\]|$)/gs)) {
    const isQuote = character === '"';
    const kept = isQuote ? backslashes.slice(0, Math.floor(backslashes.length / 2)) : backslashes;
    if (kept !== '') word = (word ?? '') + kept;
    if (isQuote && backslashes.length % 2 === 1) word = `${word ?? ''}"`;
    else if (isQuote) {
      isQuoted = !isQuoted;
      word ??= '';
    } else if (/^[ \t]?$/.test(character) && !isQuoted) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + character;
  }
  return word === undefined ? words : [...words, word];
}
