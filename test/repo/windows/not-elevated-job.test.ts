// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../shared/temporary-folder.js';

// Tests the part of test/windows/not-elevated/ that runs anywhere. The rest says that it runs on Windows only.

const scripts = fileURLToPath(new URL('../../windows/not-elevated/', import.meta.url));

let directory: string;
beforeEach(() => {
  directory = temporaryFolder('job');
});

function runJob(...command: string[]) {
  const files = Object.fromEntries(['stdout', 'stderr', 'exitCode'].map((name) => [name, path.join(directory, name)]));
  const job = { command, cwd: directory, env: { ...process.env, SAID: 'hello' }, ...files };
  const file = path.join(directory, 'job.json');
  writeFileSync(file, JSON.stringify(job));
  expect(spawnSync(process.execPath, [path.join(scripts, 'job.mjs'), file]).status).toBe(0);
  return Object.fromEntries(
    ['stdout', 'stderr', 'exitCode'].map((name) => [name, readFileSync(files[name] ?? '', 'utf8')]),
  );
}

describe('the job of another user', () => {
  it('runs with its folder, environment and arguments, and leaves output and exit code in files', () => {
    const code =
      'console.log(process.cwd(), process.env.SAID, process.argv[1]); console.error("and more"); process.exitCode = 7';
    const stdout = `${directory} hello "two words"\n`;
    expect(runJob(process.execPath, '-e', code, '"two words"')).toEqual({
      stdout,
      stderr: 'and more\n',
      exitCode: '7',
    });
  });

  it('reports why it did not run', () => {
    const { stdout, stderr, exitCode } = runJob(path.join(directory, 'nothing-here'));
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: '1' });
    expect(stderr).toContain('ENOENT');
  });

  it.skipIf(process.platform === 'win32').each(['prepare.mjs', 'run.mjs'])('is nothing for %s elsewhere', (script) => {
    const { status, stderr } = spawnSync(process.execPath, [path.join(scripts, script)], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toContain('This runs on Windows only');
  });
});
