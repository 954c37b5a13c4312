// SPDX-License-Identifier: MIT
import { explainPort } from '../../explain/explain-port.js';
import type { PortAdvice, PortExplanation } from '../../explain/port-explanation.js';
import type { Protocol } from '../../common/ports.js';
import { exitCodes } from '../exit-codes.js';
import type { Outcome, Style } from '../outcome.js';
import { wrap } from '../wrap.js';

export interface ExplainOptions {
  readonly protocol: Protocol;
  readonly port: number;
  readonly host?: string;
  /** Whether to print the questions to Windows and their answers. */
  readonly evidence?: boolean;
}

export async function explain({ evidence = false, ...options }: ExplainOptions): Promise<Outcome> {
  const explanation = await explainPort(options);
  return {
    data: explanation,
    text: (style) => `${explanationLines(explanation, evidence, style).join('\n')}\n`,
    exitCode: explanation.bindable ? exitCodes.done : exitCodes.no,
  };
}

function explanationLines(
  { bindable, certainty, sentence, advice, evidence }: PortExplanation,
  withEvidence: boolean,
  style: Style,
): string[] {
  const [answer, color] = bindable ? (['yes:', 'green'] as const) : (['no:', 'red'] as const);
  const doubt = certainty === 'certain' ? '' : ` (${certainty})`;
  const [first = '', ...rest] = wrap(sentence + doubt, `${answer} `);
  const lines = [style(color, answer) + first.slice(answer.length), ...rest];
  if (advice.length > 0) lines.push('', style('bold', 'what to do:'), ...advice.flatMap(adviceLines));
  if (withEvidence) {
    lines.push('', style('bold', 'evidence:'));
    lines.push(...evidence.flatMap(({ source, finding }) => wrap(`${source}: ${finding}`, '  - ')));
  }
  return lines;
}

function adviceLines({ text, commands, call, elevated, cost }: PortAdvice, index: number): string[] {
  const lines = wrap(text, `${index + 1}. `.padStart(5));
  if (cost !== undefined) lines.push(...wrap(cost, '     but: '));
  const code = commands ?? (call === undefined ? [] : [call]);
  if (elevated && code.length > 0) lines.push('     in an elevated process:');
  return [...lines, ...code.map((line) => `       ${line}`)];
}
