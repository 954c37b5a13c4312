// SPDX-License-Identifier: MIT
// Records the checksum of a newly built binary, beside it and for later jobs: record-prebuild.mjs win32-x64
import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { binaryOf, folders, machineOf, machines, manifestIn, sha256, sumFileOf } from './prebuilds.mjs';

const root = path.resolve(import.meta.dirname, '..');
const { values, positionals } = parseArgs({
  options: { prebuilds: { type: 'string', default: path.join(root, 'prebuilds') } },
  allowPositionals: true,
});
const [folder = ''] = positionals;
if (!folders.includes(folder)) throw new RangeError(`name one of ${folders.join(', ')}`);

const binary = binaryOf(manifestIn(root).name);
const file = path.join(values.prebuilds, folder, binary);
if (machineOf(file) !== machines[folder]) throw new Error(`${file} is not for ${folder}`);
const sum = sha256(file);
writeFileSync(sumFileOf(file), `${sum}  ${binary}\n`);
const { GITHUB_OUTPUT: output } = process.env;
if (output) appendFileSync(output, `${folder}=${sum}\n`);
console.log(`${folder}: sha256 ${sum}`);
