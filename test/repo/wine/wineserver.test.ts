// SPDX-License-Identifier: MIT
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startInWine } from '../../wine/wine-process.mjs';
import { findWineserver, killWithoutServer, watchWineserver } from '../../wine/wineserver.mjs';
import { temporaryFolder } from '../../shared/temporary-folder.js';

let root: string;
let prefix: string;
const started: ChildProcess[] = [];

beforeEach(() => {
  root = temporaryFolder('wineserver');
  prefix = path.join(root, 'prefix');
  mkdirSync(prefix);
});

afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

/** Starts a program that waits, under the name of one of Wine's programs. */
async function start(name: string, options: { cwd?: string; env?: NodeJS.ProcessEnv }): Promise<ChildProcess> {
  const program = path.join(root, name);
  copyFileSync('/bin/sleep', program);
  const child = spawn(program, ['infinity'], { stdio: 'ignore', ...options });
  started.push(child);
  await once(child, 'spawn');
  return child;
}

/** Starts a program that looks like the server of the prefix. */
function startServer(name = 'wineserver64'): Promise<ChildProcess> {
  const { dev, ino } = statSync(prefix, { bigint: true });
  const cwd = path.join(root, `server-${dev.toString(16)}-${ino.toString(16)}`);
  mkdirSync(cwd, { recursive: true });
  return start(name, { cwd });
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

describe.skipIf(process.platform !== 'linux')("Wine's server", () => {
  it('is found while it runs, and not mistaken for a client that works in its folder', async () => {
    expect(findWineserver(prefix)).toBeUndefined();
    await startServer('wine64-preloader');
    expect(findWineserver(prefix)).toBeUndefined();
    const server = await startServer();
    expect(findWineserver(prefix)).toBe(server.pid);
    await kill(server);
    expect(findWineserver(prefix)).toBeUndefined();
  });

  it('is reported when it dies', async () => {
    const server = await startServer();
    const died = new Promise<void>((resolve) => watchWineserver(prefix, resolve));
    await kill(server);
    await died;
  });

  it('ends with the Windows processes of its prefix, and no others', async () => {
    const server = await startServer();
    const env = { WINEPREFIX: prefix };
    const windows = await start('wine64-preloader', { env });
    const others = [
      await start('wine64', { env: { WINEPREFIX: `${prefix}-of-another` } }),
      await start('sleep', { env }),
    ];
    killWithoutServer(prefix);
    expect(windows.signalCode).toBeNull();
    await kill(server);
    killWithoutServer(prefix);
    if (windows.signalCode === null) await once(windows, 'exit');
    expect(windows.signalCode).toBe('SIGKILL');
    for (const { pid = 0 } of others) expect(readFileSync(`/proc/${pid}/stat`, 'utf8')).not.toMatch(/\) [ZX] /);
  });
});

describe.skipIf(process.platform !== 'linux')('a run under Wine whose server dies', () => {
  it('ends, and reports it', async () => {
    const server = await startServer();
    const tools = { available: true, reason: '', wineserver: '/bin/true', setpriv: '/usr/bin/setpriv' } as const;
    const program = path.join(root, 'wine');
    copyFileSync('/bin/sleep', program);
    const others = { compiler: '', compilerForIa32: '', dlltool: '', objcopy: '', clang: '', flock: '' };
    const toolchain = { ...tools, ...others, wine: program };
    const { done } = startInWine(toolchain, ['infinity'], { prefix });
    await kill(server);
    expect(await done).toMatchObject({ exitCode: null, timedOut: false, serverDied: true });
  });
});
