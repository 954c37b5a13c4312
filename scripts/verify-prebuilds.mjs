// SPDX-License-Identifier: MIT
// Refuses a release unless its binaries are exactly those that CI built and tested, and its version is that of the tag:
//
//   verify-prebuilds.mjs --tag v1.2.3 --repository owner/name win32-x64=<sha256> win32-arm64=<sha256> win32-ia32=<sha256>
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { binaryOf, folders, machineOf, machines, manifestIn, sha256, sumFileOf } from './prebuilds.mjs';

const { values, positionals } = parseArgs({
  options: {
    tag: { type: 'string', default: '' },
    repository: { type: 'string', default: '' },
    package: { type: 'string', default: path.resolve(import.meta.dirname, '..') },
  },
  allowPositionals: true,
});
const manifest = manifestIn(values.package);
const binary = binaryOf(manifest.name);
const prebuilds = path.join(values.package, 'prebuilds');

/** The checksums from the jobs that built the binaries. */
const sums = new Map(positionals.map((argument) => /** @type {[string, string]} */ (argument.split('=', 2))));

/** @returns {string[]} */
function problemsOfVersion() {
  const { version, repository } = manifest;
  const url = typeof repository === 'string' ? repository : (repository?.url ?? '');
  const named = url
    .replace(/\.git$/, '')
    .split(/[/:]/)
    .slice(-2)
    .join('/');
  return [
    ...(values.tag === `v${version}` ? [] : [`the tag is ${values.tag || 'missing'}, and the version ${version}`]),
    // npm compares them when it accepts the provenance, but by then the version number is used up.
    ...(named === values.repository
      ? []
      : [`package.json names the repository "${url}", and this is "${values.repository}"`]),
  ];
}

/** @param {string} folder @returns {string[]} */
function problemsOf(folder) {
  const expected = sums.get(folder) ?? '';
  if (!/^[0-9a-f]{64}$/.test(expected)) return [`CI gave no sum for it, but "${expected}"`];
  const directory = path.join(prebuilds, folder);
  const files = existsSync(directory) ? readdirSync(directory) : [];
  const wanted = [binary, sumFileOf(binary)];
  const differences = [
    ...wanted.filter((name) => !files.includes(name)).map((name) => `${name} is missing`),
    ...files.filter((name) => !wanted.includes(name)).map((name) => `${name} does not belong there`),
  ];
  if (!wanted.every((name) => files.includes(name))) return differences;
  const file = path.join(directory, binary);
  const [actual, recorded] = [sha256(file), readFileSync(sumFileOf(file), 'utf8')];
  return [
    ...differences,
    ...(actual === expected ? [] : [`its sha256 is ${actual}, and CI built ${expected}`]),
    ...(recorded === `${expected}  ${binary}\n` ? [] : [`its sum file says ${recorded.trim()}`]),
    ...(machineOf(file) === machines[folder] ? [] : ['it is for another processor']),
  ];
}

/** @returns {string[]} */
function strangers() {
  const present = existsSync(prebuilds) ? readdirSync(prebuilds) : [];
  return [
    ...present.filter((name) => name !== 'README.md' && !folders.includes(name)).map((name) => `prebuilds/${name}`),
    ...[...sums.keys()].filter((name) => !folders.includes(name)),
  ].map((name) => `${name}: a release has no such binary`);
}

const problems = [
  ...problemsOfVersion(),
  ...folders.flatMap((folder) => problemsOf(folder).map((problem) => `${folder}: ${problem}`)),
  ...strangers(),
];
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log(`${manifest.name} ${manifest.version}: ${folders.join(', ')} are what CI built`);
