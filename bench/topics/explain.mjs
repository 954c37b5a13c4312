// SPDX-License-Identifier: MIT
// Measures the first explanation of a process and the second, and the first explained message of an error, beside one run of netsh.
// Under Wine it runs on the model of Windows, whose netsh answers.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { report } from '../lib/report-line.mjs';

async function millisecondsOf(run) {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

const netsh = path.join(process.env.SystemRoot, 'System32', 'netsh.exe');
const words = ['interface', 'ipv4', 'show', 'excludedportrange', 'protocol=tcp', 'store=active'];
const runNetsh = () => promisify(execFile)(netsh, words, { windowsHide: true });
// The first run loads what starts programs.
await runNetsh();
const netshTimes = [await millisecondsOf(runNetsh), await millisecondsOf(runNetsh)];

const server = net.createServer().listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address();
await import('win-port-reservation/explain');
const [error] = await once(net.createServer().listen(port, '127.0.0.1'), 'error');
const message = await millisecondsOf(() => error.message);
if (!error.message.includes('process')) throw new Error(`the message has no explanation: ${error.message}`);

const { explainPort } = await import('win-port-reservation');
const explain = () => explainPort({ protocol: 'tcp', port, host: '127.0.0.1' });
const first = await millisecondsOf(explain);
const second = await millisecondsOf(explain);
report({ netsh: Math.min(...netshTimes), first, second, message });
process.exit();
