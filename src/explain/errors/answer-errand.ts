// SPDX-License-Identifier: MIT
import { limitNetsh } from '../../windows/binding.js';
import { explain, readError } from '../explain.js';
import { takeErrorProperties } from '../facts/error-properties.js';
import type { Answer, Errand } from './ask-worker.js';
import { printBriefly } from './print.js';

/** Explains the error. It ends before the waiting thread gives up. */
export async function answerErrand({ error, limitMs, ownBlocks, protocol }: Errand): Promise<Answer> {
  limitNetsh(Math.ceil(limitMs / 2));
  const explanation = await explain(readError(error, takeErrorProperties(error), protocol), { ownBlocks, limitMs });
  return { explanation, text: printBriefly(explanation) };
}
