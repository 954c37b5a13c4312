// SPDX-License-Identifier: MIT
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addonIn, crossBuild, noClang, noToolchain, repository } from './toolchain.js';

describe.skipIf(noToolchain !== '')(`the cross-build (${noToolchain || 'with MinGW-w64'})`, () => {
  let scratch: string;

  beforeAll(() => {
    scratch = mkdtempSync(path.join(tmpdir(), 'win-port-reservation-build-'));
  });
  afterAll(() => {
    rmSync(scratch, { recursive: true, force: true });
  });

  /** Copies the same sources to another folder. */
  function copyCheckout(): string {
    const checkout = path.join(scratch, 'a checkout elsewhere');
    mkdirSync(checkout);
    for (const folder of ['native', 'scripts']) {
      cpSync(path.join(repository, folder), path.join(checkout, folder), { recursive: true });
    }
    symlinkSync(path.join(repository, 'node_modules'), path.join(checkout, 'node_modules'));
    return checkout;
  }

  it('gives the same bytes from every folder and into every folder', () => {
    const out = path.join(scratch, 'into another');
    crossBuild(copyCheckout(), '--out', out);
    const bytes = readFileSync(addonIn(out));
    expect(bytes.length).toBeGreaterThan(0);
    const built = readFileSync(addonIn(path.join(repository, 'prebuilds/win32-x64')));
    expect(bytes.equals(built), 'differs from what "npm run build:cross" has made of these sources').toBe(true);
  });

  // Node's settings for MSVC switch its warnings of this off.
  it.each(['x64', 'ia32'])('refuses to narrow a number for %s', (arch) => {
    const checkout = path.join(scratch, arch);
    mkdirSync(path.join(checkout, 'native', 'mingw'), { recursive: true });
    cpSync(path.join(repository, 'scripts'), path.join(checkout, 'scripts'), { recursive: true });
    symlinkSync(path.join(repository, 'node_modules'), path.join(checkout, 'node_modules'));
    writeFileSync(
      path.join(checkout, 'native', 'narrow.cc'),
      'unsigned short Narrow(unsigned long number) { return number; }\n',
    );
    expect(() => crossBuild(checkout, '--arch', arch)).toThrow('-Werror=conversion');
  });
});

describe.skipIf(noClang !== '')(`Clang (${noClang || 'as a second compiler'})`, () => {
  it('compiles the addon for every processor with all warnings as errors', () => {
    const lines = crossBuild(repository, '--check').trimEnd().split('\n');
    expect(lines.map((line) => line.replace(/\d+ files/, 'so many files'))).toEqual([
      'clang++ for x86_64: so many files without a warning',
      'clang++ for i686: so many files without a warning',
      'clang++ for aarch64: so many files without a warning',
    ]);
  });
});
