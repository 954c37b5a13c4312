// SPDX-License-Identifier: MIT
import { readdirSync, writeFileSync } from 'node:fs';
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
    expect(unpackWine32(wine)).toBe('apt-get ended with 100: E: no index\nE: no index\nE: no index\n');
    expect(readdirSync(path.dirname(wine))).toEqual([]);
  });

  it('is not downloaded twice', () => {
    replaceApt('exit 1');
    expect(unpackWine32(folder)).toBe('');
  });
});
