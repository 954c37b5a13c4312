// SPDX-License-Identifier: MIT
// Ends in the middle of calls: end-in-calls.mjs exit|throw|wait
import { addon, anyBlock, askMachine, report, resultOf, tcp, udp } from './addon.mjs';

const calls = 32;
const acquire = 'WSAIoctl(SIO_ACQUIRE_PORT_RESERVATION)';

const bind = { address: '127.0.0.1', portNetworkOrder: 0, ipv6Only: false };
globalThis.kept = resultOf(await addon.openSocket({ ...tcp, acquire: anyBlock(4) }));
globalThis.bound = resultOf(await addon.openSocket({ ...udp, bind }));

await askMachine('holdNext', acquire, calls);
for (let index = 0; index < calls; index += 1) void addon.openSocket({ ...tcp, acquire: anyBlock(2), bind });
await report('calling');
if (process.argv[2] === 'exit') process.exit(7);
if (process.argv[2] === 'throw') {
  setImmediate(() => {
    throw new Error('thrown on purpose');
  });
}
