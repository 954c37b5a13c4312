// SPDX-License-Identifier: MIT
// Requests per second under listen() and bind() against Node's own: one process serves both, this one asks.
import dgram from 'node:dgram';
import { once } from 'node:events';
import autocannon from 'autocannon';
import { startTopic } from './topics.mjs';

const seconds = 2;
const rounds = 7;
const host = '127.0.0.1';

async function requestsPerSecond(port) {
  const { requests, errors, timeouts, non2xx } = await autocannon({
    url: `http://${host}:${port}/`,
    connections: 16,
    duration: seconds,
  });
  const failed = errors + timeouts + non2xx;
  if (failed > 0) throw new Error(`${failed} requests failed`);
  return requests.total / seconds;
}

/** Sends again what comes back, with so many datagrams under way; one that gets lost is sent anew. */
async function echoesPerSecond(port, underWay = 32) {
  const socket = dgram.createSocket('udp4');
  socket.connect(port, host);
  await once(socket, 'connect');
  const payload = Buffer.alloc(64, 'x');
  let echoes = 0;
  let last = 0;
  socket.on('message', () => {
    echoes += 1;
    socket.send(payload);
  });
  const refill = setInterval(() => {
    if (echoes === last) for (let count = 0; count < underWay; count += 1) socket.send(payload);
    last = echoes;
  }, 50);
  for (let count = 0; count < underWay; count += 1) socket.send(payload);
  const start = performance.now();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const rate = (echoes * 1000) / (performance.now() - start);
  clearInterval(refill);
  socket.close();
  return rate;
}

/** The rates of two ports, in rounds of which the first is there to warm up. */
async function rates(ports, measure) {
  const results = Object.fromEntries(Object.keys(ports).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    const order = Object.entries(ports);
    if (round % 2 === 1) order.reverse();
    for (const [name, port] of order) {
      const rate = await measure(port);
      if (round > 0) results[name].push(rate);
    }
  }
  return results;
}

/** @param {import('./topics.mjs').Host} host @param {string[]} args */
export async function measureThroughput(serversHost, args = []) {
  const { lines, ended } = startTopic(serversHost, 'servers', args);
  const line = await lines.next();
  if (line.done) throw new Error(`the servers ended with ${await ended}`);
  const ports = JSON.parse(line.value);
  const common = { reference: "Node's own", higherIsBetter: true, goals: [{ name: 'this package', atLeast: 0.99 }] };
  const results = [
    { title: 'HTTP', unit: 'requests/s', series: await rates(ports.tcp, requestsPerSecond), ...common },
    { title: 'UDP', unit: 'echoes/s', series: await rates(ports.udp, echoesPerSecond), ...common },
  ];
  await autocannon({ url: `http://${host}:${ports.tcp["Node's own"]}/end`, connections: 1, amount: 1 });
  const exitCode = await ended;
  if (exitCode !== 0) throw new Error(`the servers ended with ${exitCode}`);
  return results;
}
