// SPDX-License-Identifier: MIT
// Numbers of the registry, which Wine's reg.exe writes.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addon } from './addon.js';

const reg = (...args: string[]) => promisify(execFile)('reg.exe', args);
const key = `Software\\win-port-reservation-${process.pid}`;
const add = (...args: string[]) => reg('add', `HKLM\\${key}`, ...args, '/f');

describe('a number of the registry', () => {
  beforeAll(async () => {
    await add('/v', 'MaxUserPort', '/t', 'REG_DWORD', '/d', '65534');
    await add('/v', 'largest', '/t', 'REG_DWORD', '/d', '0xffffffff');
    await add('/v', 'text', '/t', 'REG_SZ', '/d', '65534');
  });
  afterAll(async () => {
    await reg('delete', `HKLM\\${key}`, '/f');
  });

  it.each([
    ['MaxUserPort', 65_534],
    ['maxuserport', 65_534],
    ['largest', 0xffff_ffff],
    ['missing', undefined],
  ])('%s is %s', async (name, expected) => {
    expect(await addon.readRegistryNumber(key, name)).toBe(expected);
  });

  it.each([`${key}\\missing`, `${key}\\missing\\deeper`])('under the missing key %s is undefined', async (missing) => {
    expect(await addon.readRegistryNumber(missing, 'MaxUserPort')).toBeUndefined();
  });

  it('that is a text is a failure', async () => {
    expect(await addon.readRegistryNumber(key, 'text')).toEqual({ call: 'RegGetValueW', errorNumber: 1630 });
  });

  it('is asked for by strings without NUL', () => {
    expect(() => addon.readRegistryNumber(1 as unknown as string, '')).toThrow(/^key must be a string/);
    expect(() => addon.readRegistryNumber(`${key}\0`, '')).toThrow(/^key must be a string without NUL/);
    expect(() => addon.readRegistryNumber(key, undefined as unknown as string)).toThrow(/^valueName must be a string/);
  });
});
