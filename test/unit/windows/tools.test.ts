// SPDX-License-Identifier: MIT
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createTools } from '../../../src/windows/tools.js';
import { temporaryFolder } from '../../shared/temporary-folder.js';

// Programs by these names, where a Windows would have them. On Windows they would have to be binaries.
describe.skipIf(process.platform === 'win32')('a tool', () => {
  let root: string;

  beforeEach(() => {
    root = temporaryFolder('tools');
  });

  function place(file: string, script: string): string {
    const whole = path.join(root, file);
    mkdirSync(path.dirname(whole), { recursive: true });
    writeFileSync(whole, `#!${process.execPath}\n${script}`);
    chmodSync(whole, 0o755);
    return whole;
  }

  it('that is not installed is undefined', async () => {
    const run = createTools({ SystemRoot: root, ProgramFiles: root, PATH: `${root}${path.delimiter}.` });
    expect(await run('wsl', ['--shutdown'])).toBeUndefined();
    expect(await run('docker', ['ps'])).toBeUndefined();
    expect(await createTools({})('wsl', ['--shutdown'])).toBeUndefined();
  });

  it('is started by its absolute path, in its own folder, with the arguments as they are', async () => {
    const file = place(
      'System32/wsl.exe',
      'console.log(JSON.stringify([process.argv[1], process.cwd(), process.argv.slice(2)]))',
    );
    const args = ['a b', '&calc', '%PATH%', '$(id)', '"', ''];
    const result = await createTools({ systemroot: root })('wsl', args);
    expect(result?.exitCode).toBe(0);
    expect(JSON.parse(result?.output ?? '')).toEqual([file, path.dirname(file), args]);
  });

  it('of 64 bits is found by a process of 32 bits', async () => {
    place('System32/wsl.exe', 'console.log("32")');
    place('Sysnative/wsl.exe', 'console.log("64")');
    expect((await createTools({ SystemRoot: root })('wsl', []))?.output).toBe('64\n');
  });

  it('of Docker Desktop comes before those of PATH, and the current folder supplies none', async () => {
    place('elsewhere/docker.exe', 'console.log("path")');
    const environment = { ProgramFiles: root, Path: `.${path.delimiter}${root}/elsewhere` };
    expect((await createTools(environment)('docker', []))?.output).toBe('path\n');
    place('Docker/Docker/resources/bin/docker.exe', 'console.log("desktop")');
    expect((await createTools(environment)('docker', []))?.output).toBe('desktop\n');
  });

  it.each([
    ['utf16le', 'Ubuntu-24.04\r\n'],
    ['utf16le', '発行版\r\n'],
    ['utf8', '発行版\n'],
  ] as const)('that prints %s is read: %j', async (encoding, text) => {
    place('System32/wsl.exe', `process.stdout.write(Buffer.from(${JSON.stringify(text)}, '${encoding}'))`);
    expect(await createTools({ SystemRoot: root })('wsl', ['--list'])).toEqual({ exitCode: 0, output: text });
  });

  it('gives its exit code, and what it printed on both streams', async () => {
    place('System32/wsl.exe', 'process.stderr.write("two"); process.stdout.write("one "); process.exitCode = 255');
    expect(await createTools({ SystemRoot: root })('wsl', [])).toEqual({ exitCode: 255, output: 'one two' });
  });

  it('that asks a question finds the end of the input', async () => {
    place('System32/wsl.exe', 'process.stdin.resume().on("end", () => console.log("no answer"))');
    expect((await createTools({ SystemRoot: root })('wsl', []))?.output).toBe('no answer\n');
  });

  it('that hangs is killed', async () => {
    place('System32/wsl.exe', 'setInterval(() => undefined, 1000)');
    await expect(createTools({ SystemRoot: root })('wsl', ['--status'], { timeLimitMs: 50 })).rejects.toMatchObject({
      code: 'ERR_TOOL_TIMEOUT',
      syscall: 'wsl --status',
      message: 'A program did not finish in time and was killed. "wsl --status" took longer than 0.05 seconds.',
      hint: 'Run the command by hand to see why it fails: wsl --status',
    });
  });

  it('is killed when its caller gives up', async () => {
    place('System32/wsl.exe', 'setInterval(() => undefined, 1000)');
    const run = createTools({ SystemRoot: root });
    const reason = new Error('enough');
    await expect(run('wsl', [], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const running = run('wsl', [], { signal: controller.signal });
    setImmediate(() => {
      controller.abort(reason);
    });
    await expect(running).rejects.toBe(reason);
  });

  it('that another program kills, or that cannot be started, is an error with the reason', async () => {
    const file = place('System32/wsl.exe', 'process.kill(process.pid, "SIGKILL")');
    const run = createTools({ SystemRoot: root });
    await expect(run('wsl', ['--status'])).rejects.toMatchObject({
      code: 'ERR_TOOL_FAILED',
      message: 'A program failed. Another program killed "wsl --status" (SIGKILL).',
    });
    chmodSync(file, 0o644);
    await expect(run('wsl', [])).rejects.toMatchObject({
      code: 'ERR_TOOL_FAILED',
      message: expect.stringMatching(/could not be started: .*EACCES/) as string,
    });
  });
});
