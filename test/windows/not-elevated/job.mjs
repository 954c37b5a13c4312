// SPDX-License-Identifier: MIT
// Runs as the standard user: does the job in a file and writes the outcome to other files, because it gets neither the
// environment nor the standard output of the process that starts it.
import { spawnSync } from 'node:child_process';
import { openSync, readFileSync, writeFileSync } from 'node:fs';

const job = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const [program, ...args] = job.command;
const { status, error } = spawnSync(program, args, {
  cwd: job.cwd,
  env: job.env,
  stdio: ['ignore', openSync(job.stdout, 'a'), openSync(job.stderr, 'a')],
  windowsHide: true,
});
if (error) writeFileSync(job.stderr, `${error.message}\n`, { flag: 'a' });
writeFileSync(job.exitCode, String(status ?? 1));
