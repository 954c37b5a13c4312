// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { advisedCommand } from '../../../src/common/advised-command.js';
import { explainFacts } from '../../../src/explain/explain.js';
import type { PortFacts } from '../../../src/explain/facts/facts.js';
import type { PortExplanation } from '../../../src/explain/port-explanation.js';
import { servicesToKeep } from '../../../src/common/parts-of-windows.js';
import { allCases } from './all-cases.js';
import { administered, blockOf, factsOf, hcn, known, ownerOf, refusedFactsOf, unknown, winnat } from './facts-of.js';
import { portsFrom } from '../../shared/ports-from.js';

describe('the advice', () => {
  const textOf = ({ advice }: PortExplanation) => JSON.stringify(advice);
  const inRange = (overrides: Partial<PortFacts> = {}) =>
    explainFacts(refusedFactsOf(10_013, { ranges: known([winnat]), neighbors: known([]), ...overrides }));

  it('for a range of WinNAT leads with the protection, and says what stopping WinNAT costs', () => {
    const [protect, another, reserve, ...rest] = inRange().advice;
    expect(protect).toMatchObject({ elevated: true, commands: [advisedCommand('protect tcp 3000')] });
    expect(reserve).toMatchObject({
      elevated: true,
      commands: ['wsl --shutdown', 'net stop winnat', advisedCommand('create tcp 3000 1'), 'net start winnat'],
    });
    // A running WSL has no network after WinNAT was started again either (microsoft/WSL#9418).
    for (const name of ['Quit Docker Desktop', 'shut WSL down first', 'start both again', 'Restart virtual machines'])
      expect([protect?.cost, reserve?.cost]).toEqual(Array(2).fill(expect.stringContaining(name)));
    expect(another?.elevated).toBe(false);
    expect(rest).toEqual([]);
  });

  it('shuts WSL down before WinNAT stops, and starts WinNAT after that, in every explanation', () => {
    let stops = 0;
    for (const [facts] of Object.values(allCases)) {
      for (const { commands = [], cost } of explainFacts(facts).advice) {
        const stop = commands.indexOf('net stop winnat');
        if (stop === -1) continue;
        stops += 1;
        expect(commands.slice(0, stop)).toContain('wsl --shutdown');
        expect(commands.at(-1)).toBe('net start winnat');
        expect(cost).toMatch(/Docker Desktop/);
      }
    }
    expect(stops).toBeGreaterThan(0);
  });

  it('for a row of one port asks Docker, and touches WinNAT in no way', () => {
    const explanation = inRange({ ranges: known([{ ...winnat, ...portsFrom(3000, 3000) }]) });
    expect(explanation.advice[0]?.commands).toEqual(['docker ps --filter publish=3000']);
    expect(textOf(explanation)).not.toMatch(/winnat|protect/i);
  });

  it('deletes MaxUserPort where it widens the dynamic range, and warns of it where it is not known', () => {
    const wide = { dynamicRange: known({ startPort: 1024, numberOfPorts: 64_511 }) };
    const root = (maxUserPort: PortFacts['maxUserPort']) => inRange({ ...wide, maxUserPort }).advice.at(-1);
    const reg = 'reg delete "HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters" /v MaxUserPort /f';
    expect(root(known(65_534))?.commands).toContain(reg);
    expect(root(known(65_534))?.text).toMatch(/65534.*Exchange/);
    expect(root(known(undefined))?.commands).not.toContain(reg);
    expect(root(known(undefined))?.text).not.toContain('MaxUserPort');
    expect(root(unknown('no'))?.commands).not.toContain(reg);
    expect(root(unknown('no'))?.text).toContain('MaxUserPort');
  });

  it('deletes no exclusion that Windows made itself', () => {
    const excluded = (startPort: number) => {
      const range = { ...administered, ...portsFrom(startPort, startPort + 59) };
      return textOf(explainFacts(factsOf({ port: startPort, ranges: known([range]) })));
    };
    expect(excluded(50_000)).not.toContain('delete');
    expect(excluded(51_000)).toContain('delete excludedportrange');
  });

  it('sends to the Linux program that has a port of a mirrored WSL, and says when Windows gets it back', () => {
    for (const facts of [{ guests: known([{ ...hcn, ...portsFrom(3000, 3000) }]) }, {}]) {
      const { advice } = explainFacts(refusedFactsOf(10_048, facts));
      const linux = advice.find(({ commands }) => commands?.[0] === 'wsl --exec ss -lntp');
      expect(linux?.text).toMatch(/about a minute later/);
    }
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
    expect(advice.find(({ text }) => text.startsWith('Use another port'))?.text).toContain('1024-15000');
  });

  it('does not name it where it is not the root, or not known', () => {
    expect(textOf(inRange({ dynamicRange: known({ startPort: 10_000, numberOfPorts: 100 }) }))).not.toContain(
      'dynamicport',
    );
    expect(textOf(inRange({ dynamicRange: unknown('no') }))).not.toContain('dynamicport');
  });

  it('offers the port nearby, or any where there is none', () => {
    const offered = (nearbyPort: number | undefined) =>
      inRange({ nearbyPort }).advice.find(({ text }) => text.startsWith('Use another port'))?.text;
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
      const isWinnat = /a range of (WinNAT|an unusual width)|no bind can be tried|a block of WinNAT/.test(name);
      if (!isWinnat) expect(textOf(explanation), name).not.toContain('winnat');
    }
  });

  it('stops no service that Windows or WSL needs, in any letter case, alone or among others', () => {
    for (const name of Object.keys(servicesToKeep)) {
      for (const serviceNames of [[name], [name.toUpperCase()], ['Spooler', name], [name, 'Spooler']]) {
        const owners = known([ownerOf({ imageName: 'svchost.exe', serviceNames })]);
        for (const errorNumber of [10_013, 10_048]) {
          const text = textOf(explainFacts(refusedFactsOf(errorNumber, { owners }))).toLowerCase();
          expect(text).not.toMatch(/net stop|taskkill|free (tcp|udp)|freeport/i);
          expect(text).toContain(servicesToKeep[name]?.toLowerCase());
        }
      }
    }
  });

  it('ends no part of Windows', () => {
    for (const imageName of ['lsass.exe', 'LSASS.EXE', 'vmmemWSL', 'System']) {
      const owners = known([ownerOf({ imageName })]);
      expect(textOf(explainFacts(refusedFactsOf(10_048, { owners })))).not.toMatch(
        /net stop|taskkill|free (tcp|udp)|freeport/i,
      );
    }
  });

  it('excludes no port that is reserved, in use or excluded', () => {
    for (const [facts] of Object.values(allCases)) {
      const explanation = explainFacts(facts);
      if (!['free', 'foreign-range'].includes(explanation.cause)) {
        expect(textOf(explanation)).not.toMatch(/add excludedportrange|protect tcp/);
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
