// SPDX-License-Identifier: MIT
import { statSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { addonIn, noToolchain, readHeaders, repository } from './toolchain.js';

/** Node-API comes from the host; everything else is part of every Windows. */
const mayImport = ['advapi32.dll', 'iphlpapi.dll', 'kernel32.dll', 'msvcrt.dll', 'node.exe', 'ws2_32.dll'];

describe.skipIf(noToolchain !== '')(`the x64 binary (${noToolchain || 'as cross-built'})`, () => {
  let file: string;
  let headers: string;

  beforeAll(() => {
    file = addonIn(path.join(repository, 'prebuilds', 'win32-x64'));
    headers = readHeaders(file);
  });

  /** The first group of every match. */
  const all = (pattern: RegExp) => [...headers.matchAll(pattern)].map(([, text]) => text);

  it('is a DLL for x86-64', () => {
    expect(headers).toContain('file format pei-x86-64');
    expect(all(/^Magic\s+\S+\s+\((\S+)\)$/gm)).toEqual(['PE32+']);
    expect(all(/^\t(DLL)$/gm)).toEqual(['DLL']);
  });

  it('imports from node.exe and from DLLs of Windows only', () => {
    expect(
      all(/^\s*DLL Name: (\S+)$/gm)
        .map((name) => name?.toLowerCase())
        .sort(),
    ).toEqual(mayImport);
  });

  it('exports what Node asks an addon for, and nothing else', () => {
    expect(all(/^\s+\[\s*\d+\] (?:\+base\[\s*\d+\]\s+\S+ )?([a-z]\w+)$/gm).sort()).toEqual([
      'napi_register_module_v1',
      'node_api_module_get_api_version_v1',
    ]);
  });

  it('may be loaded anywhere in 64 bits of addresses, with data that cannot be executed', () => {
    const flags = all(/^\t{5}(\w+)$/gm);
    expect(flags).toEqual(expect.arrayContaining(['DYNAMIC_BASE', 'HIGH_ENTROPY_VA', 'NX_COMPAT']));
    // Without relocations the flags would be an empty promise.
    const [relocations] = all(/^Entry 5 \w+ (\w+) Base Relocation Directory/gm);
    expect(parseInt(relocations ?? '', 16)).toBeGreaterThan(0);
  });

  it('is smaller than 200 KB', () => {
    expect(statSync(file).size).toBeLessThan(204_800);
  });
});
