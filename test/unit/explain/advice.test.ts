// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { advisedCommand } from '../../../src/explain/answer/advised-command.js';
import { explainFacts } from '../../../src/explain/explain.js';
import type { PortFacts } from '../../../src/explain/facts/facts.js';
import type { PortExplanation } from '../../../src/explain/port-explanation.js';
import { casesOfReservations } from './cases-of-reservations.js';
import { casesOfRiddles } from './cases-of-riddles.js';
import { casesOfSockets } from './cases-of-sockets.js';
import { known, refusedFactsOf, unknown, winnat } from './facts-of.js';

const cases = { ...casesOfSockets, ...casesOfReservations, ...casesOfRiddles };

describe('the advice', () => {
  const textOf = ({ advice }: PortExplanation) => JSON.stringify(advice);
  const inRange = (overrides: Partial<PortFacts> = {}) =>
    explainFacts(refusedFactsOf(10_013, { ranges: known([winnat]), neighbours: known([]), ...overrides }));

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
    expect(exclude?.text).toContain('Never do so for a program that reserves its port');
    expect(reserve).toMatchObject({
      elevated: true,
      commands: ['net stop winnat', advisedCommand('create tcp 3000 1'), 'net start winnat'],
    });
    for (const each of [exclude, reserve]) expect(each?.cost).toMatch(/WSL, Docker and Hyper-V have no network/);
    expect(rest).toEqual([]);
  });

  it('names the root where Windows chooses ports from 1024 on', () => {
    const { advice } = inRange({ dynamicRange: known({ startPort: 1024, numberOfPorts: 13_977 }) });
    expect(advice.at(-1)).toMatchObject({
      elevated: true,
      cost: 'It holds from the next restart of Windows on.',
      commands: [
        'netsh int ipv4 set dynamicport tcp start=49152 num=16384',
        'netsh int ipv6 set dynamicport tcp start=49152 num=16384',
      ],
    });
    expect(advice[0]?.text).toContain('one outside of that is safer');
  });

  it('does not name it where it is not the root, or not known', () => {
    expect(textOf(inRange({ dynamicRange: known({ startPort: 10_000, numberOfPorts: 100 }) }))).not.toContain(
      'dynamicport',
    );
    expect(textOf(inRange({ dynamicRange: unknown('no') }))).not.toContain('dynamicport');
  });

  it('does without a port nearby', () => {
    expect(inRange({ nearbyPort: undefined }).advice[0]?.text).toMatch(/^Use another port, or port 0/);
  });

  it('stops WinNAT for ranges that may be its own, and for nothing else', () => {
    for (const [name, [facts]] of Object.entries(cases)) {
      const explanation = explainFacts(facts);
      const isWinnat = /a range of (WinNAT|an unusual width|one port)|no bind can be tried/.test(name);
      if (!isWinnat) expect(textOf(explanation), name).not.toContain('winnat');
    }
  });

  it('excludes no port that is reserved, in use or excluded', () => {
    for (const [facts] of Object.values(cases)) {
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
