// SPDX-License-Identifier: MIT
// Runs this Node as the standard user: run.mjs <arguments of Node>
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { jobsDirectory, password, userName } from './standard-user.mjs';

const pollMs = 100;

/** The variables that belong to a user and must not come from another user, or concern only this process. */
const ofTheUser = /^(user.*|home.*|(local)?appdata|te?mp|github_.*|wpr_standard_.*)$/i;

/** @param {string} directory The folder to use for all folders of a user. */
function environmentOf(directory) {
  const others = Object.entries(process.env).filter(([name]) => !ofTheUser.test(name));
  const own = ['USERPROFILE', 'APPDATA', 'LOCALAPPDATA', 'TEMP', 'TMP'].map((name) => [name, directory]);
  return { ...Object.fromEntries([...others, ...own]), USERNAME: userName };
}

/** Follows a file that another process writes to. */
class FollowedFile {
  #descriptor;
  #stream;

  /** @param {string} file @param {NodeJS.WritableStream} stream Gets what is written. */
  constructor(file, stream) {
    // The user who makes the file may read it, whatever the rights of the other user.
    this.#descriptor = openSync(file, 'a+');
    this.#stream = stream;
  }

  #position = 0;

  follow() {
    const buffer = Buffer.alloc(65536);
    for (let size; (size = readSync(this.#descriptor, buffer, 0, buffer.length, this.#position)) > 0;) {
      this.#position += size;
      this.#stream.write(Buffer.from(buffer.subarray(0, size)));
    }
  }

  close() {
    this.follow();
    closeSync(this.#descriptor);
  }
}

/** Node cannot start a process as another user, but PowerShell can. */
async function startAsUser(job) {
  const [script, jobScript] = ['start-as-user.ps1', 'job.mjs'].map((name) => path.join(import.meta.dirname, name));
  const options = ['-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass', '-File', script];
  const pwsh = spawn('pwsh', [...options, process.execPath, jobScript, job], {
    env: { ...process.env, WPR_STANDARD_USER: userName },
    stdio: ['ignore', 'inherit', 'inherit'],
    windowsHide: true,
  });
  const [exitCode] = await once(pwsh, 'exit');
  if (exitCode !== 0) throw new Error(`start-as-user.ps1 ended with ${exitCode}`);
}

if (process.platform !== 'win32') throw new Error(`This runs on Windows only, and this is ${process.platform}.`);
if (password === undefined) throw new Error('There is no standard user yet: run prepare.mjs.');

const directory = mkdtempSync(path.join(jobsDirectory, 'job-'));
const job = {
  command: [process.execPath, ...process.argv.slice(2)],
  cwd: process.cwd(),
  env: environmentOf(directory),
  stdout: path.join(directory, 'stdout'),
  stderr: path.join(directory, 'stderr'),
  exitCode: path.join(directory, 'exit-code'),
};
writeFileSync(path.join(directory, 'job.json'), JSON.stringify(job));
const outputs = [new FollowedFile(job.stdout, process.stdout), new FollowedFile(job.stderr, process.stderr)];
const following = setInterval(() => outputs.forEach((output) => output.follow()), pollMs);
try {
  await startAsUser(path.join(directory, 'job.json'));
  if (!existsSync(job.exitCode)) throw new Error('the process was not started, or was killed');
  process.exitCode = Number(readFileSync(job.exitCode, 'utf8'));
} finally {
  clearInterval(following);
  outputs.forEach((output) => output.close());
  rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
}
