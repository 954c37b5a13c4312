// SPDX-License-Identifier: MIT
// Measures requests per second with listen() and bind() against Node's own: another process serves both, this one sends
// the requests.
import dgram from 'node:dgram';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import autocannon from 'autocannon';
import { nodesOwn, ours } from './names.mjs';
import { inRounds } from './rounds.mjs';
import { startTopic } from './topics.mjs';

const host = '127.0.0.1';
const roundMs = 300;
const rounds = 41;
const connections = 16;
const underWay = 32;

/** Makes the function that measures how many requests per second a server answers in a round. */
function overHttp(port) {
  const options = { url: `http://${host}:${port}/`, connections, duration: roundMs / 1000 };
  return async () => {
    // It stops and counts at the end of a sample.
    const { errors, finish, non2xx, requests, start, timeouts } = await autocannon({ ...options, sampleInt: 20 });
    const failed = errors + timeouts + non2xx;
    if (failed > 0) throw new Error(`${failed} requests failed`);
    return (requests.total * 1000) / (finish - start);
  };
}

/** Makes the same for a UDP echo server: sends each answer again, and replaces lost datagrams. */
function overUdp(port) {
  const payload = Buffer.alloc(64, 'x');
  return async () => {
    const socket = dgram.createSocket('udp4');
    socket.connect(port, host);
    await once(socket, 'connect');
    let echoes = 0;
    let last = 0;
    socket.on('message', () => {
      echoes += 1;
      socket.send(payload);
    });
    const fill = () => {
      if (echoes === last) for (let count = 0; count < underWay; count += 1) socket.send(payload);
      last = echoes;
    };
    fill();
    const refill = setInterval(fill, 20);
    const start = performance.now();
    await setTimeout(roundMs);
    const rate = (echoes * 1000) / (performance.now() - start);
    clearInterval(refill);
    socket.close();
    return rate;
  };
}

/** Measures the rates of two ports, in rounds of which the first three are for warming up. */
function rates(ports, over) {
  const measures = Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, over(port)]));
  return inRounds(measures, (measure) => measure(), { rounds, warmUps: 3 });
}

/** @param {import('./topics.mjs').Host} host @param {string[]} args */
export async function measureThroughput(serversHost, args = []) {
  const { lines, ended } = startTopic(serversHost, 'servers', args);
  const line = await lines.next();
  if (line.done) throw new Error(`the servers ended with ${await ended}`);
  const ports = JSON.parse(line.value);
  const common = { reference: nodesOwn, higherIsBetter: true, goals: [{ name: ours, atLeast: 0.99 }] };
  const results = [
    { title: 'HTTP', unit: 'requests/s', series: await rates(ports.tcp, overHttp), ...common },
    { title: 'UDP', unit: 'echoes/s', series: await rates(ports.udp, overUdp), ...common },
  ];
  await autocannon({ url: `http://${host}:${ports.tcp[nodesOwn]}/end`, connections: 1, amount: 1 });
  const exitCode = await ended;
  if (exitCode !== 0) throw new Error(`the servers ended with ${exitCode}`);
  return results;
}
