// SPDX-License-Identifier: MIT
// Listens, and starts a helper that listens on any port: forgotten-server.mjs port test-pid. Both go on until they are ended,
// and end by themselves only when the process of the test is gone.
import { spawn } from 'node:child_process';
import net from 'node:net';

const [, script, port, testPid] = process.argv;
net.createServer().listen(Number(port), '127.0.0.1');
if (port !== '0') spawn(process.execPath, [script, '0', testPid], { detached: true, stdio: 'ignore' });

setInterval(() => {
  try {
    process.kill(Number(testPid), 0);
  } catch {
    process.exit();
  }
}, 1000);
