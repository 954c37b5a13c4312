// SPDX-License-Identifier: MIT
import type { PortAdvice, PortExplanation } from '../port-explanation.js';
import { explainCommand } from '../answer/explain-command.js';

const shownAdvice = 2;

/** Prints the sentence and the best advice for the message of an error, without a line end after the last line. */
export function printBriefly({ advice, host, port, protocol, sentence }: PortExplanation): string {
  const more = advice.length > shownAdvice ? explainCommand({ host, port, protocol }) : undefined;
  return [
    sentence,
    ...advice.slice(0, shownAdvice).flatMap(printAdvice),
    ...(more === undefined ? [] : [`  More: ${more}`]),
  ].join('\n');
}

function printAdvice({ call, commands, cost, elevated, text }: PortAdvice): string[] {
  // Prefers the commands: they do the same as the call, without a change of the program.
  const lines = commands ?? (call === undefined ? [] : [call]);
  const remarks = [...(elevated && commands ? ['In an elevated shell.'] : []), ...(cost === undefined ? [] : [cost])];
  return [
    `  - ${text}`,
    ...(remarks.length > 0 ? [`    ${remarks.join(' ')}`] : []),
    ...lines.map((line) => `      ${line}`),
  ];
}
