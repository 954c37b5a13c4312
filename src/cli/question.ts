// SPDX-License-Identifier: MIT
import { createInterface } from 'node:readline/promises';
import type { Streams } from './outcome.js';

/** Tells whether a user can answer a question. */
export function canAsk({ stdin }: Streams): boolean {
  return stdin?.isTTY === true;
}

/** Asks for a yes. Anything else, Ctrl+C and the end of the input are a no. */
export async function askForYes(question: string, { stdin, stderr }: Streams): Promise<boolean> {
  if (stdin === undefined) return false;
  const reader = createInterface({ input: stdin, output: stderr });
  const closed = new Promise<string>((resolve) => {
    reader.once('close', () => {
      resolve('');
    });
  });
  try {
    const answer = await Promise.race([reader.question(`${question} [y/N] `), closed]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    reader.close();
  }
}
