#!/usr/bin/env node
// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';

// `| head` closes the pipe before the command has written everything, which is no error. Windows may call it EOF.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EOF') throw error;
  });
}

const args = process.argv.slice(2);
if (args.length === 1 && (args[0] === '--version' || args[0] === '-v')) {
  // Scripts ask for the version alone, and loading the commands takes longer than the start of Node.
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  process.stdout.write(`${(JSON.parse(manifest) as { version: string }).version}\n`);
} else {
  const { run } = await import('./run.js');
  // Does not call process.exit, which would cut off output that a slow reader of a pipe has not read yet.
  process.exitCode = await run(args, process);
}
