// SPDX-License-Identifier: MIT
// Does the job in a copy of this Node that is not called node.exe. The addon's imports name node.exe, so the hook that
// is linked into the addon must find the host program instead.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const directory = mkdtempSync(path.join(tmpdir(), 'win-port-reservation-'));
const program = path.join(directory, `renamed${path.extname(process.execPath)}`);
try {
  copyFileSync(process.execPath, program);
  execFileSync(program, [...process.execArgv, path.join(import.meta.dirname, 'job.mjs')], { stdio: 'inherit' });
} finally {
  rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
}
