// SPDX-License-Identifier: MIT
// Remembers where a reservation was acquired, for the warning if it is dropped. Making the text of a stack takes longer
// than all else that `acquire` does on its thread, so a reservation that is released soon gets no text.
import { builtin } from '../common/builtin.js';

/** The stack of a caller: an error that has its frames, or the text that was made of them. */
export interface HasCaller {
  caller: Error | string;
}

const delayMs = 100;
const waiting = new Set<HasCaller>();
let timer: NodeJS.Timeout | undefined;
let lastText = '';

/** Turns the stack into text soon, because its frames keep the caller alive, and perhaps the reservation too. */
export function keepAsTextSoon(owner: HasCaller): void {
  waiting.add(owner);
  // The global function may be that of a simulated browser.
  timer ??= builtin.timers.setTimeout(keepAllAsText, delayMs).unref();
}

/** Forgets the stack of a reservation that was released, and the objects that its frames keep alive. */
export function forgetCaller(owner: HasCaller): void {
  waiting.delete(owner);
  owner.caller = '';
}

/** Gives the text of a stack. */
export function textOf({ caller }: HasCaller): string {
  if (typeof caller === 'string') return caller;
  try {
    // The program's own Error.prepareStackTrace may return anything, or throw.
    const { stack }: { stack?: unknown } = caller;
    return typeof stack === 'string' ? shared(stack) : '';
  } catch {
    return '';
  }
}

function keepAllAsText(): void {
  timer = undefined;
  for (const owner of waiting) owner.caller = textOf(owner);
  waiting.clear();
}

/** Gives the same string for the same stack, because a program may acquire thousands of blocks in one place. */
function shared(text: string): string {
  if (text !== lastText) lastText = text;
  return lastText;
}
