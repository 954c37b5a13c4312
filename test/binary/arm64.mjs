// SPDX-License-Identifier: MIT
// Links the addon for arm64 in Debian trixie, and audits the binary as far as its linker can harden it. No machine of the
// tests can run it.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { buildForArm64 } from '../../scripts/build-arm64.mjs';
import { audit, rulesFor } from '../package/hardening.mjs';
import { sizeLimits } from '../package/limits.mjs';
import { PeImage } from '../package/pe/image.mjs';
import { loadConfigOf } from '../package/pe/load-config.mjs';
import { importsOf } from '../package/pe/symbols.mjs';
import { headerProblems, nodeApiOf } from '../package/prebuilds.mjs';
import { repository } from '../wine/paths.mjs';
import { isTrixie, runInTrixie } from '../wine/trixie.mjs';

const folder = 'win32-arm64';

function check(file) {
  const image = new PeImage(readFileSync(file));
  const { guardFunctionCount } = loadConfigOf(image);
  const { version, problems: strangers } = nodeApiOf(image);
  const size = image.bytes.length;
  const problems = [
    ...headerProblems(image, folder, 'lld'),
    ...audit(image, 'lld'),
    ...strangers,
    ...(guardFunctionCount > 0n ? [] : ['control flow guard knows no function that calls may reach']),
    ...(size < sizeLimits.cross.addon ? [] : [`it has ${size} bytes`]),
  ];
  for (const problem of problems) console.error(`${folder}: ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
  const rules = rulesFor(image, 'lld').map(({ name }) => name);
  console.log(`${path.relative(repository, file)}: ${size} bytes for ${image.architecture}`);
  console.log(`Node-API ${version}, imports from ${[...importsOf(image).keys()].sort().join(', ')}`);
  console.log(`audited: ${rules.join(', ')}; ${guardFunctionCount} functions that guarded calls may reach`);
}

if (isTrixie()) check(await buildForArm64(path.join(repository, 'build/arm64/prebuilds', folder)));
else process.exitCode = await runInTrixie(['node', path.relative(repository, import.meta.filename)]);
