// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { checksOf } from '../../../src/machine/checks/checks-of.js';
import { configuredModeIn, versionIn } from '../../../src/machine/checks/wsl-facts.js';
import { inOrder } from './machine-in-order.js';
import { portCheckRows } from './port-check-rows.js';
import { surroundingsCheckRows } from './surroundings-check-rows.js';

const rows = [...portCheckRows, ...surroundingsCheckRows];

describe('the checks of a machine', () => {
  it('find nothing where everything is in order, and have one of each name', () => {
    const checks = checksOf(inOrder);
    expect(checks.filter(({ state }) => state !== 'ok')).toEqual([]);
    expect(new Set(checks.map(({ name }) => name)).size).toBe(checks.length);
    expect(checks).toHaveLength(15);
    expect(checks.at(-1)?.setting).toBe('NODE_OPTIONS=--require C:/app/preload.cjs');
  });

  it.for(rows)('tell %s', ([, facts, name, state, sentence, command]) => {
    const found = checksOf({ ...inOrder, ...facts }).filter((check) => check.name === name);
    const check = found.find((each) => each.state === state);
    expect(check?.sentence, JSON.stringify(found)).toMatch(sentence);
    if (command !== undefined) expect(check?.advice?.commands?.[0]).toMatch(command);
    if (state === 'ok') expect(found).toHaveLength(1);
  });

  it('need an elevated process for what changes Windows', () => {
    const changing = rows.flatMap(([, facts]) => checksOf({ ...inOrder, ...facts }));
    const commands = changing.flatMap(({ advice }) =>
      (advice?.commands ?? []).map((line) => ({ line, elevated: advice?.elevated })),
    );
    const wrong = commands.filter(
      ({ line, elevated }) => /\bset dynamicport|\bprotect tcp|^reg delete|^net start/.test(line) && !elevated,
    );
    expect(wrong).toEqual([]);
  });
});

describe('WSL', () => {
  it('has its version in the first line, in any language', () => {
    expect(versionIn('WSL-Version: 2.6.1.0\r\nKernel: 6.6.87.2-1\r\n')).toBe('2.6.1.0');
    expect(versionIn('Copyright (c) Microsoft Corporation.')).toBeUndefined();
  });

  it.each([
    ['', 'nat'],
    ['[wsl2]\r\nnetworkingMode=mirrored\r\n', 'mirrored'],
    ['[WSL2]\n  NetworkingMode = "Mirrored" # shared\n', 'mirrored'],
    ['[experimental]\nnetworkingMode=mirrored\n', 'nat'],
    ['[wsl2]\n# networkingMode=mirrored\nmemory=4GB\n', 'nat'],
  ])('has its mode in the file %j', (text, mode) => {
    expect(configuredModeIn(text)).toBe(mode);
  });
});
