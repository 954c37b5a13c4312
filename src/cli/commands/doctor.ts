// SPDX-License-Identifier: MIT
import { checkMachine } from '../../machine/check-machine.js';
import type { MachineCheck } from '../../machine/machine-check.js';
import { exitCodes } from '../exit-codes.js';
import type { Outcome, Style } from '../outcome.js';
import { wrap } from '../wrap.js';

/** @param ports - None for the usual ones. */
export async function doctor(ports: readonly number[]): Promise<Outcome> {
  const checks = await checkMachine(ports.length === 0 ? {} : { ports });
  const isWrong = checks.some(({ state }) => state === 'problem');
  return {
    data: { checks },
    text: (style) => `${checks.flatMap((check) => checkLines(check, style)).join('\n')}\n`,
    exitCode: isWrong ? exitCodes.no : exitCodes.done,
  };
}

const colors = { ok: 'green', warning: 'yellow', problem: 'red', unknown: 'cyan' } as const;
const indent = ' '.repeat(9);

function checkLines({ state, sentence, advice, setting }: MachineCheck, style: Style): string[] {
  const [first = '', ...rest] = wrap(sentence, style, state.padEnd(9));
  const lines = [style(colors[state], state) + first.slice(state.length), ...rest];
  if (advice !== undefined) {
    lines.push(...wrap(advice.text, style, `${indent}to do: `));
    if (advice.cost !== undefined) lines.push(...wrap(advice.cost, style, `${indent}but: `));
    const commands = advice.commands ?? [];
    if (advice.elevated && commands.length > 0) lines.push(`${indent}in an elevated process:`);
    lines.push(...commands.map((line) => `${indent}  ${line}`));
  }
  return setting === undefined ? lines : [...lines, `${indent}  ${setting}`];
}
