// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../shared/temporary-folder.js';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const machines = { 'win32-x64': 0x8664, 'win32-arm64': 0xaa64, 'win32-ia32': 0x014c };
const folders = Object.keys(machines) as (keyof typeof machines)[];
const binary = 'win-port-reservation.node';

let directory: string;
let sums: Record<string, string>;

function fileIn(folder: string, name = binary): string {
  return path.join(directory, 'prebuilds', folder, name);
}

/** Makes just enough of a PE file to name its processor, plus some bytes. */
function makeBinary(machine: number, content: string): Buffer {
  const header = Buffer.alloc(0x80);
  header.write('MZ', 0, 'latin1');
  header.writeUInt32LE(0x60, 0x3c);
  header.write('PE\0\0', 0x60, 'latin1');
  header.writeUInt16LE(machine, 0x64);
  return Buffer.concat([header, Buffer.from(content)]);
}

function writePackage(manifest: object): void {
  const known = {
    name: 'win-port-reservation',
    version: '1.2.3',
    repository: { url: 'git+https://x.test/own/er.git' },
  };
  writeFileSync(path.join(directory, 'package.json'), JSON.stringify({ ...known, ...manifest }));
}

function sumOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

beforeEach(() => {
  directory = temporaryFolder('prebuilds');
  sums = {};
  writePackage({});
  for (const folder of folders) {
    const bytes = makeBinary(machines[folder], folder);
    mkdirSync(path.dirname(fileIn(folder)), { recursive: true });
    writeFileSync(fileIn(folder), bytes);
    sums[folder] = sumOf(bytes);
    writeFileSync(fileIn(folder, `${binary}.sha256`), `${sumOf(bytes)}  ${binary}\n`);
  }
  writeFileSync(path.join(directory, 'prebuilds', 'README.md'), '');
});

function verify(options: { tag?: string; repository?: string } = {}) {
  const { tag = 'v1.2.3', repository: name = 'own/er' } = options;
  const given = Object.entries(sums).map(([folder, sum]) => `${folder}=${sum}`);
  const script = path.join(repository, 'scripts/verify-prebuilds.mjs');
  const args = [script, '--package', directory, '--tag', tag, '--repository', name, ...given];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { status, stdout, problems: stderr.split('\n').filter((line) => line !== '') };
}

describe('the binaries of a release', () => {
  it('are accepted if CI built them', () => {
    const stdout = 'win-port-reservation 1.2.3: win32-x64, win32-arm64, win32-ia32 are what CI built\n';
    expect(verify()).toEqual({ status: 0, stdout, problems: [] });
  });

  it.each(folders)('are refused without that of %s', (folder) => {
    rmSync(path.dirname(fileIn(folder)), { recursive: true });
    expect(verify()).toMatchObject({
      status: 1,
      problems: [`${folder}: ${binary} is missing`, `${folder}: ${binary}.sha256 is missing`],
    });
  });

  it.each(folders)('are refused if CI gave no sum for that of %s', (folder) => {
    sums[folder] = '';
    expect(verify()).toMatchObject({ status: 1, problems: [`${folder}: CI gave no sum for it, but ""`] });
  });

  it.each(folders)('are refused if one byte of that of %s differs', (folder) => {
    const bytes = readFileSync(fileIn(folder));
    bytes[bytes.length - 1] = 0;
    writeFileSync(fileIn(folder), bytes);
    expect(verify()).toMatchObject({
      status: 1,
      problems: [`${folder}: its sha256 is ${sumOf(bytes)}, and CI built ${sums[folder] ?? ''}`],
    });
  });

  it('are refused if a binary and the sum beside it both differ', () => {
    const bytes = makeBinary(machines['win32-x64'], 'another');
    writeFileSync(fileIn('win32-x64'), bytes);
    writeFileSync(fileIn('win32-x64', `${binary}.sha256`), `${sumOf(bytes)}  ${binary}\n`);
    expect(verify()).toMatchObject({ status: 1, problems: [expect.any(String), expect.stringContaining('sum file')] });
  });

  it('are refused if one is for another processor, or not a binary', () => {
    cpSync(path.dirname(fileIn('win32-x64')), path.dirname(fileIn('win32-arm64')), { recursive: true });
    sums['win32-arm64'] = sums['win32-x64'] ?? '';
    writeFileSync(fileIn('win32-ia32'), 'MZ');
    sums['win32-ia32'] = sumOf(Buffer.from('MZ'));
    writeFileSync(fileIn('win32-ia32', `${binary}.sha256`), `${sums['win32-ia32']}  ${binary}\n`);
    expect(verify()).toMatchObject({
      status: 1,
      problems: ['win32-arm64: it is for another processor', 'win32-ia32: it is for another processor'],
    });
  });

  it('are refused with an extra file, folder or sum', () => {
    writeFileSync(fileIn('win32-x64', 'other.node'), '');
    mkdirSync(path.join(directory, 'prebuilds', 'linux-x64'));
    sums['win32-mips'] = sumOf(Buffer.alloc(0));
    expect(verify()).toMatchObject({
      status: 1,
      problems: [
        'win32-x64: other.node does not belong there',
        'prebuilds/linux-x64: a release has no such binary',
        'win32-mips: a release has no such binary',
      ],
    });
  });

  it('are refused if the version is not that of the tag', () => {
    expect(verify({ tag: 'v1.2.4' })).toMatchObject({
      status: 1,
      problems: ['the tag is v1.2.4, and the version 1.2.3'],
    });
    expect(verify({ tag: '' })).toMatchObject({ status: 1, problems: ['the tag is missing, and the version 1.2.3'] });
  });

  it('are refused if package.json does not name the repository that they come from', () => {
    expect(verify({ repository: 'some/fork' }).problems).toEqual([
      'package.json names the repository "git+https://x.test/own/er.git", and this is "some/fork"',
    ]);
    writePackage({ repository: undefined });
    expect(verify().problems).toEqual(['package.json names the repository "", and this is "own/er"']);
    writePackage({ repository: 'github:own/er' });
    expect(verify().status).toBe(0);
  });
});

describe('a binary that was just built', () => {
  function record(folder: string) {
    const script = path.join(repository, 'scripts/record-prebuild.mjs');
    const output = path.join(directory, 'output');
    const { status, stderr } = spawnSync(
      process.execPath,
      [script, '--prebuilds', path.join(directory, 'prebuilds'), folder],
      { encoding: 'utf8', env: { ...process.env, GITHUB_OUTPUT: output } },
    );
    return { status, stderr, output };
  }

  it('is recorded so that it is accepted later', () => {
    for (const folder of folders) rmSync(fileIn(folder, `${binary}.sha256`));
    for (const folder of folders) expect(record(folder)).toMatchObject({ status: 0, stderr: '' });
    const lines = readFileSync(path.join(directory, 'output'), 'utf8').trim().split('\n');
    expect(lines).toEqual(folders.map((folder) => `${folder}=${sums[folder] ?? ''}`));
    expect(verify().status).toBe(0);
  });

  it('is not recorded if it is for another processor, or an unknown one', () => {
    writeFileSync(fileIn('win32-x64'), makeBinary(machines['win32-arm64'], ''));
    expect(record('win32-x64')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('is not for win32-x64') as string,
    });
    expect(record('win32-mips').status).toBe(1);
  });
});
