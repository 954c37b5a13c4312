// SPDX-License-Identifier: MIT
// What the linters of packages say of the tarball.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { repository } from '../wine/paths.mjs';
import { run } from './child-process.mjs';
import { timeLimits } from './limits.mjs';
import { Problems, throwProblems } from './report.mjs';

/** @typedef {import('./tarball.mjs').PackedPackage} PackedPackage */

/** @param {PackedPackage} packed */
export async function checkWithPublint({ tarball, manifest }) {
  const bytes = readFileSync(tarball);
  const { messages } = await publint({ strict: true, pack: { tarball: new Uint8Array(bytes).buffer } });
  throwProblems(messages.map((message) => `${message.type}: ${formatMessage(message, manifest, { color: false })}`));
  return 'strict';
}

/**
 * Resolution as TypeScript 4.6 and older had it (node10) knows no `exports`, which the profile node16 leaves out. That a
 * CommonJS program gets an ES module is meant: every Node that `engines` allows can require one.
 */
const attwFlags = ['--profile', 'node16', '--ignore-rules', 'cjs-resolves-to-esm'];

/** @param {PackedPackage} packed */
export async function checkWithAttw({ tarball, directory }) {
  const attw = path.join(repository, 'node_modules', '@arethetypeswrong', 'cli', 'dist', 'index.js');
  const flags = [...attwFlags, '--no-definitely-typed', '--format', 'json'];
  const options = { cwd: directory, seconds: timeLimits.lint };
  const result = await run([process.execPath, attw, tarball, ...flags], options);
  if (result.exitCode !== 0)
    throw new Problems([`attw ended with ${result.exitCode}\n${result.stderr}${result.stdout}`]);
  const { analysis } = JSON.parse(result.stdout);
  return `${Object.keys(analysis.entrypoints).length} entry points`;
}
