// SPDX-License-Identifier: MIT
import { expect, it } from 'vitest';
import { advisedCommand } from '../../../src/common/advised-command.js';
import { explainFacts } from '../../../src/explain/explain.js';
import type { PortAdvice } from '../../../src/explain/port-explanation.js';
import { allCases } from './all-cases.js';
import { allCauses } from './causes.js';

const intro = `Every explanation that the tests know, as a user reads it. After a change of wording, write this page anew with
"npx vitest run --project unit test/unit/explain/wording.test.ts -u", and read it as a whole.

Each case has its cause and certainty, the sentence, and the advice. Commands, calls and costs are shown where the
advice first occurs. The evidence of all cases follows at the end, each line once.
`;

it('every cause has a case', () => {
  const causes = Object.values(allCases).map(([facts]) => explainFacts(facts).cause);
  expect([...new Set(causes)].sort()).toEqual([...allCauses].sort());
});

it('every explanation is worded as in wording.txt', async () => {
  const shownAdvice = new Set<string>();
  const explanations = Object.entries(allCases).map(([name, [facts]]) => ({ name, ...explainFacts(facts) }));
  const cases = explanations.map(({ name, cause, certainty, sentence, advice }) => {
    const lines = advice.flatMap((each, index) => {
      const [text = '', ...details] = linesOf(each);
      const isNew = shownAdvice.size < shownAdvice.add(JSON.stringify(each)).size;
      return [`  ${index + 1}. ${text}`, ...(isNew ? details : [])];
    });
    return [`== ${name} [${cause}, ${certainty}]`, sentence, ...lines, ''].join('\n');
  });
  const evidence = explanations.flatMap((each) => each.evidence.map(({ source, finding }) => `${source}: ${finding}`));
  const page = [intro, ...cases, '== Evidence', ...[...new Set(evidence)].sort(), ''];
  await expect(page.join('\n')).toMatchFileSnapshot('wording.txt');
});

function linesOf({ text, commands = [], call, cost, elevated }: PortAdvice): string[] {
  return [
    `${text}${elevated ? ' [elevated]' : ''}`,
    ...(cost === undefined ? [] : [`     Cost: ${cost}`]),
    ...commands.map((command) => `       ${withoutFolder(command)}`),
    ...(call === undefined ? [] : [`       ${call}`]),
  ];
}

/** Hides the folder of the package, which differs between machines. */
function withoutFolder(command: string): string {
  return command.replace(advisedCommand('').trimEnd(), 'win-port-reservation');
}
