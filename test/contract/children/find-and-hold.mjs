// SPDX-License-Identifier: MIT
// Finds and holds blocks of both protocols, one after the other: find-and-hold.mjs blocks numberOfPorts fromPort
import { once } from 'node:events';
import { findFreePorts } from 'win-port-reservation';

const [blocks, numberOfPorts, fromPort] = process.argv.slice(2).map(Number);
const pairs = [];
for (let block = 0; block < blocks; block += 1) {
  pairs.push(await findFreePorts({ protocol: 'both', numberOfPorts, fromPort, hold: true }));
}
console.log(JSON.stringify(pairs.map(({ startPort }) => startPort)));
await once(process.stdin.resume(), 'end');
await Promise.all(pairs.map((pair) => pair.release()));
