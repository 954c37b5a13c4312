// SPDX-License-Identifier: MIT
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../../shared/temporary-folder.js';

const { platform } = process;
let root: string;

beforeEach(() => {
  root = temporaryFolder('netsh');
  mkdirSync(path.join(root, 'System32'));
  vi.stubEnv('SystemRoot', root);
  // Loads modules that take this system for Windows.
  vi.resetModules();
  Object.defineProperty(process, 'platform', { value: 'win32' });
});
afterEach(() => {
  Object.defineProperty(process, 'platform', { value: platform });
  vi.resetModules();
  vi.unstubAllEnvs();
});

// On Windows the program must be a binary.
it.skipIf(platform === 'win32')('netsh is killed as early as the thread that started it needs', async () => {
  const file = path.join(root, 'System32', 'netsh.exe');
  writeFileSync(file, `#!${process.execPath}\nsetTimeout(() => undefined, 60_000)`);
  chmodSync(file, 0o755);
  const { getNetsh, limitNetsh } = await import('../../../src/windows/binding.js');
  limitNetsh(50);
  await expect(getNetsh()(['interface'])).rejects.toMatchObject({
    code: 'ERR_NETSH_TIMEOUT',
    message: expect.stringContaining('The limit is 50 ms.') as string,
  });
});
