// SPDX-License-Identifier: MIT
// Tries what a process that is not elevated can do with an excluded range: not-elevated-netsh.mjs port
import * as calls from 'win-port-reservation';

const port = Number(process.argv[2]);
const block = { protocol: 'tcp', startPort: port, numberOfPorts: 1 };
const outcome = (promise) => promise.then(String, (error) => `${error.code} ${error.errno}`);

const report = {
  elevated: calls.isElevated(),
  isListed: (await calls.listExcludedPortRanges({ protocol: 'tcp' })).some(({ startPort }) => startPort === port),
  dynamic: await calls.getDynamicPortRange(),
  add: await outcome(calls.addExcludedPortRange({ ...block, startPort: port + 1 })),
  remove: await outcome(calls.deleteExcludedPortRange(block)),
};
console.log(JSON.stringify(report));
