// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingLinters, repository } from './toolchain.js';

const good = '#include <utility>\n\nint Twice(int number) { return 2 * number; }\n';
const badlyFormatted = 'int Twice( int number ){return 2*number;}\n';
const usedAfterMove = `#include <string>
#include <utility>

std::string Twice(std::string text) {
  std::string moved = std::move(text);
  return moved + text;
}
`;

/** Lints a checkout whose addon is one file. */
function lint(checkout: string, source: string, env: NodeJS.ProcessEnv = {}) {
  writeFileSync(path.join(checkout, 'native', 'twice.cc'), source);
  return spawnSync(process.execPath, [path.join(checkout, 'scripts', 'lint-cpp.mjs')], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
}

describe('the lint of the C++', () => {
  let checkout: string;

  beforeAll(() => {
    checkout = mkdtempSync(path.join(tmpdir(), 'win-port-reservation-lint-'));
    for (const folder of ['native', 'bench/native', 'test/binary', 'test/wine']) {
      mkdirSync(path.join(checkout, folder), { recursive: true });
    }
    const machinery = ['toolchain', 'paths', 'unpack-wine32'].map((name) => `test/wine/${name}.mjs`);
    for (const name of ['scripts', ...machinery, '.clang-format', '.clang-tidy']) {
      cpSync(path.join(repository, name), path.join(checkout, name), { recursive: true });
    }
    symlinkSync(path.join(repository, 'node_modules'), path.join(checkout, 'node_modules'));
  });
  afterAll(() => {
    rmSync(checkout, { recursive: true, force: true });
  });

  it.skipIf(missingLinters !== '').each([
    ['passes what is in order', good, 0, /1 files without a finding/],
    ['refuses another format', badlyFormatted, 1, /clang-format-violations/],
    ['refuses a bug that clang-tidy knows', usedAfterMove, 1, /bugprone-use-after-move/],
  ])('%s', (_, source, status, said) => {
    const linted = lint(checkout, source);
    expect(linted.stdout + linted.stderr).toMatch(said);
    expect(linted.status).toBe(status);
  });

  it.each([
    ['goes on, and says so', '', 0],
    ['fails in CI', 'true', 1],
  ])('without the tools %s', (_, CI, status) => {
    const linted = lint(checkout, good, { CI, PATH: checkout });
    expect(linted.stderr).toMatch(/^The C\+\+ is not linted: missing: clang-format, clang-tidy/);
    expect(linted.status).toBe(status);
  });
});
