// SPDX-License-Identifier: MIT
// Protects a port with another service in the place of WinNAT, and stops for good at a step, so that it can be killed there:
// protect-service.mjs 3000 service stop-winnat
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { protect } from '../../../dist/machine/protection.js';
import { systemTools } from '../../../dist/machine/system-tools.js';

const [port, service, last] = process.argv.slice(2);
const block = { protocol: 'tcp', startPort: Number(port), numberOfPorts: 1 };
const forever = new Int32Array(new SharedArrayBuffer(4));
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
let isFreed = false;

const { services } = systemTools;
const tools = {
  ...systemTools,
  winNat: service,
  services: {
    ...services,
    async query(name) {
      const status = await services.query(name);
      // The test takes the block away that the service would have had.
      if (status.state === 'stopped' && !isFreed) {
        console.log(JSON.stringify('stopped'));
        await lines.next();
        isFreed = true;
      }
      return status;
    },
  },
};

const done = protect(
  block,
  {
    stopWinNat: true,
    onStep({ step, waitedMs }) {
      if (step.action !== last || waitedMs > 0) return;
      writeSync(1, `${JSON.stringify(step.action)}\n`);
      // Nothing of this process runs any more, as nothing does when it is killed.
      setImmediate(() => Atomics.wait(forever, 0, 0));
    },
  },
  tools,
);
console.log(
  JSON.stringify(
    await done.then(
      ({ excluded }) => excluded,
      (error) => error.code,
    ),
  ),
);
