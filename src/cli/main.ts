#!/usr/bin/env node
// SPDX-License-Identifier: MIT
import { run } from './run.js';

// `| head` closes the pipe before all of it is written, which is nobody's failure. Windows may call it EOF.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EOF') throw error;
  });
}

// Not process.exit, which would cut off what a slow reader of a pipe has not read yet.
process.exitCode = await run(process.argv.slice(2), process);
