// SPDX-License-Identifier: MIT
// Checks the tarball with linters for packages.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { repository } from '../wine/paths.mjs';
import { run } from './child-process.mjs';
import { hangLimitSeconds } from './limits.mjs';
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
 * The only finding that are-the-types-wrong may have: that a CommonJS program gets an ES module, because every Node
 * that `engines` allows can require one.
 *
 * @param {{ kind: string }} problem
 */
const isMeant = ({ kind }) => kind === 'CJSResolvesToESM';

/** @param {PackedPackage} packed */
export async function checkWithAttw({ tarball, directory }) {
  const attw = path.join(repository, 'node_modules', '@arethetypeswrong', 'cli', 'dist', 'index.js');
  const command = [process.execPath, attw, tarball, '--no-definitely-typed', '--format', 'json'];
  // It ends with 1 after any finding, allowed or not.
  const { exitCode, stdout, stderr } = await run(command, { cwd: directory, seconds: hangLimitSeconds });
  if (exitCode !== 0 && exitCode !== 1) throw new Problems([`attw ended with ${exitCode}\n${stderr}`]);
  const { problems, entrypoints } = JSON.parse(stdout).analysis;
  const wrong = problems.filter((problem) => !isMeant(problem));
  throwProblems(wrong.map(({ kind, entrypoint, resolutionKind }) => `${kind}: ${entrypoint} as ${resolutionKind}`));
  return `${Object.keys(entrypoints).length} entry points`;
}
