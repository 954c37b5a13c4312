// SPDX-License-Identifier: MIT
// Runs before npm packs the package, because npm packs the existing binaries and says nothing about missing ones.
// Packing without binaries, for instance for a trial on the simulated Windows, gives a warning; publishing without them
// is refused.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { binaryOf, folders, manifestIn } from './prebuilds.mjs';

const { values } = parseArgs({
  options: { package: { type: 'string', default: path.resolve(import.meta.dirname, '..') } },
});
const { name } = manifestIn(values.package);
const missing = folders.filter((folder) => !existsSync(path.join(values.package, 'prebuilds', folder, binaryOf(name))));
if (missing.length > 0) {
  const isPublished = process.env['npm_command'] === 'publish';
  const rest = folders.filter((folder) => !missing.includes(folder));
  console.error(
    [
      '',
      `${isPublished ? 'ERROR' : 'WARNING'}: this package has no binary for ${missing.join(', ')}.`,
      rest.length === 0
        ? 'On Windows nothing of it works but the simulated Windows.'
        : `On Windows it works with ${rest.join(', ')} alone.`,
      'npm run build:windows makes the binaries, on Windows; npm run build:cross one for trials, on Linux.',
      '',
    ].join('\n'),
  );
  if (isPublished) process.exitCode = 1;
}
