// SPDX-License-Identifier: MIT
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../shared/temporary-folder.js';
import { unpackWine32 } from '../../wine/unpack-wine32.mjs';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder('wine32');
});

/** Puts a script in the place of apt-get. */
function replaceApt(script: string): void {
  const { PATH = '' } = process.env;
  process.env['PATH'] = `${folder}${path.delimiter}${PATH}`;
  onTestFinished(() => {
    process.env['PATH'] = PATH;
  });
  writeFileSync(path.join(folder, 'apt-get'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

describe.skipIf(process.platform === 'win32')('the Wine of the ring for ia32', () => {
  it('is said not to be had, with the reason of apt, and leaves nothing behind', () => {
    replaceApt('echo "E: no index" >&2; exit 100');
    const wine = path.join(folder, 'ia32', 'wine');
    const reason = 'apt-get cannot download it and ended with 100: E: no index\nE: no index\nE: no index\n';
    expect(unpackWine32(wine)).toBe(reason);
    expect(readdirSync(path.dirname(wine))).toEqual([]);
  });

  it.each([
    ['is not downloaded twice', 'exit 0', ''],
    [
      'is said not to run on a machine that runs 64-bit programs only',
      'exit 126',
      'Linux does not run 32-bit programs on this machine',
    ],
  ])('%s', (_, loader, reason) => {
    replaceApt('exit 1');
    const libraries = path.join(folder, 'usr/lib/i386-linux-gnu');
    mkdirSync(libraries, { recursive: true });
    writeFileSync(path.join(libraries, 'ld-linux.so.2'), `#!/bin/sh\n${loader}\n`, { mode: 0o755 });
    expect(unpackWine32(folder)).toBe(reason);
  });
});
