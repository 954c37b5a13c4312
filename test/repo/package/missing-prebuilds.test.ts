// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { folders } from '../../../scripts/prebuilds.mjs';
import { findAddon } from '../../wine/addon.mjs';
import { readText, repository } from '../commands.js';
import { temporaryFolder } from '../../shared/temporary-folder.js';

let directory: string;
beforeEach(() => {
  directory = temporaryFolder('missing');
  writeFileSync(path.join(directory, 'package.json'), JSON.stringify({ name: 'win-port-reservation' }));
});

function makeBinary(folder: string): void {
  mkdirSync(path.join(directory, 'prebuilds', folder), { recursive: true });
  writeFileSync(path.join(directory, 'prebuilds', folder, 'win-port-reservation.node'), '');
}

function packWith(command: 'pack' | 'publish') {
  const script = path.join(repository, 'scripts/warn-of-missing-prebuilds.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--package', directory], {
    encoding: 'utf8',
    env: { ...process.env, npm_command: command },
  });
  return { status, stdout, stderr };
}

describe('a package without its binaries', () => {
  it('is packed with a warning that names them', () => {
    const { status, stderr } = packWith('pack');
    expect(status).toBe(0);
    expect(stderr).toContain(`WARNING: this package has no binary for ${folders.join(', ')}.`);
    makeBinary('win32-x64');
    expect(packWith('pack').stderr).toContain(
      'no binary for win32-arm64, win32-ia32.\nOn Windows it works with win32-x64 alone.',
    );
  });

  it('is not published', () => {
    makeBinary('win32-x64');
    const { status, stderr } = packWith('publish');
    expect(status).toBe(1);
    expect(stderr).toContain('ERROR: this package has no binary for win32-arm64, win32-ia32.');
  });

  it('causes no warning when all binaries are there', () => {
    folders.forEach(makeBinary);
    expect(packWith('publish')).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(packWith('pack')).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('is checked whenever npm packs', () => {
    const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> };
    expect(scripts['prepack']).toContain('node scripts/warn-of-missing-prebuilds.mjs');
  });
});

describe('the addon for Windows Node', () => {
  const folderOf = () => path.join(directory, 'prebuilds', 'win32-x64');

  it('is built only if there is none', () => {
    let built = 0;
    const build = () => {
      built += 1;
      makeBinary('win32-x64');
    };
    const addon = path.join(folderOf(), 'win-port-reservation.node');
    expect([findAddon(folderOf(), build), findAddon(folderOf(), build), built]).toEqual([addon, addon, 1]);
  });

  it('must be exactly one: more, or none after the build, is an error', () => {
    expect(() => findAddon(folderOf(), () => undefined)).toThrow('must hold one addon, not 0');
    makeBinary('win32-x64');
    writeFileSync(path.join(folderOf(), 'other.node'), '');
    expect(() => findAddon(folderOf(), () => undefined)).toThrow('must hold one addon, not 2');
  });
});
