// SPDX-License-Identifier: MIT
// Makes a standard user and lets it use this repository and this Node. Run it elevated, on a machine that is thrown
// away afterwards, as in CI.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { jobsDirectory, userName } from './standard-user.mjs';

if (process.platform !== 'win32') throw new Error(`This runs on Windows only, and this is ${process.platform}.`);

const repository = path.resolve(import.meta.dirname, '../../..');

/** @param {string} program @param {string[]} args */
function run(program, ...args) {
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'], windowsHide: true });
}

/** @param {string} directory @param {string} rights As icacls writes them. @param {string[]} options */
function grant(directory, rights, ...options) {
  run('icacls', directory, '/grant', `${userName}:${rights}`, '/C', '/Q', ...options);
}

/** @param {string} file @returns {string[]} The folders above it, without the root. */
function foldersAbove(file) {
  const parent = path.dirname(file);
  return parent === path.parse(file).root ? [] : [parent, ...foldersAbove(parent)];
}

// 14 characters, because net asks about longer passwords, and of every kind that a password policy may require.
const password = `aA1-${randomBytes(9).toString('base64url').slice(0, 10)}`;
run('net', 'user', userName, password, '/add');

mkdirSync(jobsDirectory, { recursive: true });
for (const directory of [repository, jobsDirectory]) grant(directory, '(OI)(CI)M', '/T');
grant(path.dirname(process.execPath), '(OI)(CI)RX', '/T');
// Node reads every folder on the path of a file. The folders of Windows itself cannot be changed, and need not be.
for (const folder of new Set([repository, process.execPath].flatMap(foldersAbove))) {
  try {
    grant(folder, '(RX)');
  } catch (error) {
    console.warn(error.message);
  }
}

const variables = { WPR_STANDARD_USER: userName, WPR_STANDARD_PASSWORD: password };
const { GITHUB_ENV: file } = process.env;
if (file) {
  console.log(`::add-mask::${password}`);
  appendFileSync(
    file,
    Object.entries(variables)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
} else {
  console.log('For the next steps, set:', variables);
}
