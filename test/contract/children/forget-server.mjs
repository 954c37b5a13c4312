// SPDX-License-Identifier: MIT
// Starts a server that outlives it, prints the pid of that, and waits for its own end: forget-server.mjs port test-pid
import { spawn } from 'node:child_process';
import net from 'node:net';
import { fileURLToPath } from 'node:url';

// The simulated machine gets to know a process by its first bind.
net.createServer().listen(0, '127.0.0.1', () => {
  const server = fileURLToPath(new URL('forgotten-server.mjs', import.meta.url));
  // Node on Windows ends the others with itself.
  const child = spawn(process.execPath, [server, ...process.argv.slice(2)], { detached: true, stdio: 'ignore' });
  child.once('spawn', () => console.log(JSON.stringify(child.pid)));
});
process.stdin.resume().once('end', () => process.exit());
