// SPDX-License-Identifier: MIT
// Measures the first explanation of a process and the second, and the first explained message of an error, beside one run of netsh and
// beside the least that each needs: both runs of netsh and a read of the table of sockets, in a thread of their own for the message.
// Under Wine it runs on the model of Windows, whose netsh answers. `explain.mjs --least-first` measures the least of the message before it.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { report } from '../lib/report-line.mjs';

async function millisecondsOf(run) {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

/** The best of two. */
const bestOf = async (run) => Math.min(await millisecondsOf(run), await millisecondsOf(run));

const netsh = path.join(process.env.SystemRoot, 'System32', 'netsh.exe');
const commands = [
  ['interface', 'ipv4', 'show', 'excludedportrange', 'protocol=tcp', 'store=active'],
  ['interface', 'ipv4', 'show', 'dynamicport', 'tcp'],
];
const runNetsh = (words = commands[0]) => promisify(execFile)(netsh, words, { windowsHide: true });

/** Asks through the bare addon for a port that no socket uses, so that no names are looked up. */
const leastInThread = `
  const { execFile } = require('node:child_process');
  const { promisify } = require('node:util');
  const { addon, netsh, commands, done } = require('node:worker_threads').workerData;
  const runs = [
    require(addon).listPortOwners(6, 1),
    ...commands.map((words) => promisify(execFile)(netsh, words, { windowsHide: true })),
  ];
  Promise.all(runs).then(() => {
    Atomics.store(done, 0, 1);
    Atomics.notify(done, 0);
  });`;

function waitForThread() {
  const done = new Int32Array(new SharedArrayBuffer(4));
  const env = { ...process.env };
  delete env.NODE_OPTIONS;
  const workerData = { addon: process.env.WPR_ADDON, netsh, commands, done };
  const worker = new Worker(leastInThread, { eval: true, execArgv: [], env, workerData });
  if (Atomics.wait(done, 0, 0, 30_000) === 'timed-out') throw new Error('the thread does not answer');
  worker.unref();
}

// The first run loads what starts programs.
await runNetsh();
const netshTime = await bestOf(runNetsh);

const server = net.createServer().listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address();
await import('win-port-reservation/explain');
const [error] = await once(net.createServer().listen(port, '127.0.0.1'), 'error');
const times = {};
const measures = {
  message: async () => (times.message = await millisecondsOf(() => error.message)),
  leastMessage: async () => (times.leastMessage = await millisecondsOf(waitForThread)),
};
const order = Object.values(measures);
for (const measure of process.argv[2] === '--least-first' ? order.reverse() : order) await measure();
if (!error.message.includes('process')) throw new Error(`the message has no explanation: ${error.message}`);

const { explainPort, listPortOwners } = await import('win-port-reservation');
const explain = () => explainPort({ protocol: 'tcp', port, host: '127.0.0.1' });
const first = await millisecondsOf(explain);
const second = await millisecondsOf(explain);
const readTable = () => listPortOwners({ protocol: 'tcp', port: 1, details: false });
const least = await bestOf(() => Promise.all([readTable(), ...commands.map(runNetsh)]));
report({ netsh: netshTime, first, second, least, table: await bestOf(readTable), ...times });
process.exit();
