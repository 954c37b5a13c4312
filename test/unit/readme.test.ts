// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorCodes } from '../../src/error-codes.js';
import { packageErrorCodes } from '../../src/errors.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const readme = readFileSync(path.join(repository, 'README.md'), 'utf8');
const examples = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code ?? '');

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(repository, 'build-readme-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

describe('the examples of the README', () => {
  it.each(examples.map((code) => [/import .* from 'win-port-reservation/.exec(code)?.[0], code]))(
    'run: %s',
    { timeout: 30_000 },
    (_, code) => {
      // Below the repository, so that the package finds itself by name; on ports of its own; a server that listens is
      // ended after its say.
      const file = path.join(directory, 'example.mjs');
      const ownPorts = code.replaceAll('5000', String(10_000 + 20 * Math.floor(Math.random() * 1000)));
      writeFileSync(file, `${ownPorts}\nsetTimeout(() => process.exit(0), 200).unref();\nprocess.exitCode ??= 0;`);
      const simulate = pathToFileURL(path.join(repository, 'dist/simulator/simulate.js')).href;
      const machine = path.join(mkdtempSync(path.join(tmpdir(), 'win-port-reservation-readme-')), 'machine.json');
      try {
        const { status, stderr } = spawnSync(process.execPath, [`--import=${simulate}`, file], {
          encoding: 'utf8',
          timeout: 20_000,
          env: { ...process.env, WIN_PORT_RESERVATION_MACHINE: machine },
        });
        expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      } finally {
        rmSync(path.dirname(machine), { recursive: true, force: true });
      }
    },
  );

  it('are all there', () => {
    expect(examples.length).toBeGreaterThanOrEqual(5);
  });
});

describe('the error table of the README', () => {
  const rows = [...readme.matchAll(/^\| `((?:ERR|E|WSA|WIN32)_?\w*(?:<n>)?)`\s*\| *(\w*) *\|/gm)];

  it('has every code with its number, and no other', () => {
    const documented = rows.map(([, code, errorNumber]) => [code, errorNumber]);
    const numbers = Object.entries(errorCodes).map(([code, { errorNumber }]) => [code, String(errorNumber)]);
    const others = Object.keys(packageErrorCodes).map((code) => [code, '']);
    const byCode = ([a = '']: (string | undefined)[], [b = '']: (string | undefined)[]) => a.localeCompare(b);
    expect(documented.sort(byCode)).toEqual([...numbers, ['WIN32_ERROR_<n>', 'n'], ...others].sort(byCode));
  });
});
