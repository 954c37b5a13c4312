// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { explainFacts } from '../../../src/explain/explain.js';
import { casesOfReservations } from './cases-of-reservations.js';
import { casesOfRiddles } from './cases-of-riddles.js';
import { casesOfSockets } from './cases-of-sockets.js';

const cases = { ...casesOfSockets, ...casesOfReservations, ...casesOfRiddles };

describe('the explanation of a port with', () => {
  it.each(Object.entries(cases))('%s', (_, [facts, { sentence, first, ...expected }]) => {
    const explanation = explainFacts(facts);
    expect(explanation).toMatchObject({ protocol: facts.protocol, port: facts.port, ...expected });
    expect(explanation.sentence).toMatch(sentence);
    const [best] = explanation.advice;
    if (first) expect([best?.text, best?.call, ...(best?.commands ?? [])].join(' ')).toMatch(first);
  });

  it('every cause is in the table', () => {
    const causes = new Set(Object.values(cases).map(([, { cause }]) => cause));
    expect(causes.size).toBe(12);
  });
});
