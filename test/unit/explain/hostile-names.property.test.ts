// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advisedCommand } from '../../../src/common/advised-command.js';
import { explainFacts } from '../../../src/explain/explain.js';
import type { PortFacts } from '../../../src/explain/facts/facts.js';
import { printBriefly } from '../../../src/explain/errors/print.js';
import { isBareWord, quoted } from '../../../src/common/shell-words.js';
import { expectPrintable, hostileName } from '../common/hostile-text.js';
import { factsOf, known, ownerOf, refusedFactsOf, unknown } from './facts-of.js';

const facts: fc.Arbitrary<PortFacts> = fc
  .record({
    imageName: hostileName,
    services: fc.array(hostileName, { maxLength: 3 }),
    host: hostileName,
    why: hostileName,
  })
  .chain(({ imageName, services, host, why }) => {
    const owners = known([ownerOf({ imageName, serviceNames: services })]);
    const refusal = { call: why, code: 'EACCES', errorNumber: 10_013 };
    return fc.constantFrom(
      refusedFactsOf(10_048, { owners, host }),
      refusedFactsOf(10_013, { owners, host, refusal, dynamicRange: unknown(why) }),
      refusedFactsOf(10_013, { owners: unknown(why), ranges: unknown(why), host }),
      factsOf({ attempts: known([{ address: host, call: 'getaddrinfo', lookupCode: why }]), host }),
      factsOf({ guests: unknown(why), host }),
    );
  });

describe('names from other programs', () => {
  it('put no control sequence into an explanation', () => {
    fc.assert(
      fc.property(facts, (from) => {
        const explanation = explainFacts(from);
        expectPrintable(explanation.sentence);
        for (const { source, finding } of explanation.evidence) expectPrintable(`${source}${finding}`);
        for (const { text, commands = [], call = '', cost = '' } of explanation.advice) {
          expectPrintable([text, ...commands, call, cost].join(''));
        }
        expectPrintable(printBriefly(explanation), { lines: true });
      }),
      { numRuns: 1000 },
    );
  });

  it('put no character into a command that cmd or PowerShell obeys', () => {
    fc.assert(
      fc.property(facts, (from) => {
        const { advice } = explainFacts(from);
        const commands = advice.flatMap(({ commands: each = [] }) => each);
        for (const command of commands) {
          const outsideOfQuotes = command.replaceAll(/"[^"]*"/g, '');
          expect(outsideOfQuotes).not.toMatch(/["'`$&^<>;\u2018-\u201f]/);
          const insideOfQuotes = command.match(/"[^"]*"/g)?.join('') ?? '';
          expect(insideOfQuotes).not.toMatch(/[`$%\u2018-\u201f]|\\"/);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['Spooler', '"Spooler"'],
    ['vmms (old)', '"vmms (old)"'],
    ['サービス', '"サービス"'],
    // PowerShell would read the second half as a variable.
    ['MSSQL$SQLEXPRESS', undefined],
    ['x" & calc & "', undefined],
    ['x\u201d; calc; \u201d', undefined],
    ['%COMSPEC%', undefined],
    ['x\\', undefined],
    ['', '""'],
  ])('%j is quoted as %j', (name, expected) => {
    expect(quoted(name)).toBe(expected);
  });

  it.each(['127.0.0.1', '::1', 'fe80::1%12', 'my-host.example', 'münchen.example'])('%s needs no quotes', (word) => {
    expect(isBareWord(word)).toBe(true);
  });

  it.each(['', '--help', 'a b', 'a&b', '%PATH%', 'a"b', '$x', '@x'])('%j is no word of a command', (word) => {
    expect(isBareWord(word)).toBe(false);
  });

  it('that no shell can quote are no part of the command that stops the service', () => {
    const owners = known([ownerOf({ imageName: 'sqlservr.exe', serviceNames: ['MSSQL$SQLEXPRESS'] })]);
    const [stop] = explainFacts(refusedFactsOf(10_048, { owners })).advice;
    expect(stop).toMatchObject({
      text: expect.stringContaining('MSSQL$SQLEXPRESS') as string,
      commands: [advisedCommand('free tcp 3000')],
      elevated: true,
    });
  });
});
