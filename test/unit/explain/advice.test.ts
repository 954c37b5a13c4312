// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { advisedCommand } from '../../../src/explain/answer/advised-command.js';
import { explainFacts } from '../../../src/explain/explain.js';
import type { PortFacts } from '../../../src/explain/facts/facts.js';
import type { PortExplanation } from '../../../src/explain/port-explanation.js';
import { servicesToKeep } from '../../../src/common/parts-of-windows.js';
import { allCases } from './all-cases.js';
import { blockOf, known, ownerOf, refusedFactsOf, unknown, winnat } from './facts-of.js';

describe('the advice', () => {
  const textOf = ({ advice }: PortExplanation) => JSON.stringify(advice);
  const inRange = (overrides: Partial<PortFacts> = {}) =>
    explainFacts(refusedFactsOf(10_013, { ranges: known([winnat]), neighbors: known([]), ...overrides }));

  it('for a range of WinNAT keeps the port in one way or the other, with what it costs', () => {
    const [another, exclude, reserve, ...rest] = inRange().advice;
    expect(another?.elevated).toBe(false);
    expect(exclude).toMatchObject({
      elevated: true,
      commands: [
        'net stop winnat',
        'netsh int ipv4 add excludedportrange protocol=tcp startport=3000 numberofports=1 store=persistent',
        'net start winnat',
      ],
    });
    expect(reserve).toMatchObject({
      elevated: true,
      commands: ['net stop winnat', advisedCommand('create tcp 3000 1'), 'net start winnat'],
    });
    for (const name of ['WSL', 'Docker', 'Hyper-V'])
      expect([exclude?.cost, reserve?.cost]).toEqual(Array(2).fill(expect.stringContaining(name)));
    expect(rest).toEqual([]);
  });

  it('names the root where Windows chooses ports from 1024 on', () => {
    const { advice } = inRange({ dynamicRange: known({ startPort: 1024, numberOfPorts: 13_977 }) });
    expect(advice.at(-1)).toMatchObject({
      elevated: true,
      cost: expect.any(String) as string,
      commands: [
        'netsh int ipv4 set dynamicport tcp start=49152 num=16384',
        'netsh int ipv6 set dynamicport tcp start=49152 num=16384',
      ],
    });
    expect(advice[0]?.text).toContain('1024-15000');
  });

  it('does not name it where it is not the root, or not known', () => {
    expect(textOf(inRange({ dynamicRange: known({ startPort: 10_000, numberOfPorts: 100 }) }))).not.toContain(
      'dynamicport',
    );
    expect(textOf(inRange({ dynamicRange: unknown('no') }))).not.toContain('dynamicport');
  });

  it('offers the port nearby, or any where there is none', () => {
    const offered = (nearbyPort: number | undefined) => inRange({ nearbyPort }).advice[0]?.text;
    expect(offered(3069)).toContain('3069');
    expect(offered(undefined)).toMatch(/\bport 0\b/);
  });

  it('to use a reservation tells a process that is not elevated to become so', () => {
    const first = (isElevated: boolean) =>
      explainFacts(refusedFactsOf(10_013, { persistent: known(blockOf), elevated: known(isElevated) })).advice[0];
    expect(first(false)?.text).toContain('elevated');
    expect(first(true)?.text).not.toContain('elevated');
    expect(first(true)?.call).toBe(first(false)?.call);
  });

  it('stops WinNAT for ranges that may be its own, and for nothing else', () => {
    for (const [name, [facts]] of Object.entries(allCases)) {
      const explanation = explainFacts(facts);
      const isWinnat = /a range of (WinNAT|an unusual width|one port)|no bind can be tried/.test(name);
      if (!isWinnat) expect(textOf(explanation), name).not.toContain('winnat');
    }
  });

  it('stops no service that Windows or WSL needs, in any letter case, alone or among others', () => {
    for (const name of Object.keys(servicesToKeep)) {
      for (const serviceNames of [[name], [name.toUpperCase()], ['Spooler', name], [name, 'Spooler']]) {
        const owners = known([ownerOf({ imageName: 'svchost.exe', serviceNames })]);
        for (const errorNumber of [10_013, 10_048]) {
          const text = textOf(explainFacts(refusedFactsOf(errorNumber, { owners }))).toLowerCase();
          expect(text).not.toMatch(/net stop|taskkill/);
          expect(text).toContain(servicesToKeep[name]?.toLowerCase());
        }
      }
    }
  });

  it('ends no part of Windows', () => {
    for (const imageName of ['lsass.exe', 'LSASS.EXE', 'vmmemWSL', 'System']) {
      const owners = known([ownerOf({ imageName })]);
      expect(textOf(explainFacts(refusedFactsOf(10_048, { owners })))).not.toMatch(/net stop|taskkill/);
    }
  });

  it('excludes no port that is reserved, in use or excluded', () => {
    for (const [facts] of Object.values(allCases)) {
      const explanation = explainFacts(facts);
      if (!['free', 'foreign-range'].includes(explanation.cause)) {
        expect(textOf(explanation)).not.toContain('add excludedportrange');
      }
    }
  });

  it('shuts WSL down only where WSL may have the port', () => {
    const isShut = (facts: PortFacts) => textOf(explainFacts(facts)).includes('wsl --shutdown');
    expect(isShut(refusedFactsOf(10_013))).toBe(true);
    expect(isShut(refusedFactsOf(10_013, { guests: known([]) }))).toBe(false);
    expect(isShut(refusedFactsOf(10_055))).toBe(false);
    expect(isShut(refusedFactsOf(10_013, { attempts: unknown('no') }))).toBe(false);
  });

  it('sends to an elevated shell only where that would tell more', () => {
    const isSent = (facts: PortFacts) => / explain tcp 3000\b/.test(textOf(explainFacts(facts)));
    expect(isSent(refusedFactsOf(10_013))).toBe(true);
    expect(isSent(refusedFactsOf(10_013, { guests: known([]), elevated: known(true) }))).toBe(false);
  });
});
