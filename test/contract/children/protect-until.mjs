// SPDX-License-Identifier: MIT
// Protects a port, and stops for good at a step, so that it can be killed there: protect-until.mjs 3000 stop-winnat
import { writeSync } from 'node:fs';
import { protectPorts } from 'win-port-reservation';

const [port, last] = process.argv.slice(2);
const block = { protocol: 'tcp', startPort: Number(port), numberOfPorts: 1 };
const forever = new Int32Array(new SharedArrayBuffer(4));

await protectPorts(block, {
  stopWinNat: true,
  onStep({ step, waitedMs }) {
    if (step.action !== last || waitedMs > 0) return;
    writeSync(1, `${JSON.stringify(step.action)}\n`);
    // Nothing of this process runs any more, as nothing does when it is killed.
    setImmediate(() => Atomics.wait(forever, 0, 0));
  },
});
process.stdout.write('"done"\n');
