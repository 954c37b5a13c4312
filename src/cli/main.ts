#!/usr/bin/env node
// SPDX-License-Identifier: MIT
import { run } from './run.js';

// `| head` closes the pipe before the command has written everything, which is no error. Windows may call it EOF.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EOF') throw error;
  });
}

// Does not call process.exit, which would cut off output that a slow reader of a pipe has not read yet.
process.exitCode = await run(process.argv.slice(2), process);
