// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../src/explain/answer/diagnosis.js';
import { explainFacts } from '../../../src/explain/explain.js';
import { allCases } from './all-cases.js';
import { allCauses } from './causes.js';

describe('the explanation of a port with', () => {
  it.each(Object.entries(allCases))('%s', (_, [facts, { holder, block, names = [], first, ...expected }]) => {
    const { protocol, port } = facts;
    const explanation = explainFacts(facts);
    expect(explanation).toMatchObject({ protocol, port, ...expected });
    const diagnosis = diagnose(facts);
    if (holder) expect(diagnosis.holder?.kind).toBe(holder);
    if (block) expect(diagnosis.block).toEqual(block);
    const named = [protocol.toUpperCase(), ...(port === 0 ? [] : [String(port)]), ...names];
    for (const name of named) expect(explanation.sentence).toContain(name);
    if (!first) return;
    const [best] = explanation.advice;
    const runs = [...(best?.commands ?? []), ...(best?.call === undefined ? [] : [best.call])];
    expect({ runs, elevated: best?.elevated }).toMatchObject(first);
  });

  it('every cause is in the table', () => {
    const causes = new Set(Object.values(allCases).map(([, { cause }]) => cause));
    expect(causes).toEqual(new Set(allCauses));
  });
});
