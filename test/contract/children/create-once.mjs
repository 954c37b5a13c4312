// SPDX-License-Identifier: MIT
// Creates a block, or prints what is in its way: create-once.mjs start count
import { PersistentPortReservation } from 'win-port-reservation';

const [startPort, numberOfPorts] = process.argv.slice(2).map(Number);
try {
  await PersistentPortReservation.create({ protocol: 'tcp', startPort, numberOfPorts });
  console.log(JSON.stringify({ startPort }));
} catch ({ code, blocks }) {
  console.log(JSON.stringify({ code, blocks: blocks.map((block) => block.startPort) }));
}
