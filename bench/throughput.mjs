// SPDX-License-Identifier: MIT
// Requests per second of a server under listen() against the same server under Node's own listen: interleaved rounds in
// one run, medians and the ratio. `--wine` has the servers run in Windows Node under Wine.
import { spawn } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';

const { values } = parseArgs({
  options: {
    wine: { type: 'boolean', default: false },
    node: { type: 'string', default: '22' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
  },
});
const script = path.join(import.meta.dirname, 'two-servers.mjs');

async function startServers() {
  const output = new PassThrough();
  if (values.wine) {
    const { runInWine } = await import('../test/wine/run.mjs');
    const run = runInWine(script, [], { node: Number(values.node), stdout: output, stderr: process.stderr });
    return { output, ended: run.then(({ exitCode }) => exitCode) };
  }
  const simulate = new URL('../dist/simulator/simulate.js', import.meta.url).href;
  const child = spawn(process.execPath, [`--import=${simulate}`, script], { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.pipe(output);
  return { output, ended: once(child, 'exit').then(([code]) => code) };
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const { output, ended } = await startServers();
const [line] = await once(createInterface({ input: output }), 'line');
const ports = JSON.parse(line);
const results = { reserved: [], plain: [] };
let failed = 0;
for (let round = 0; round <= Number(values.rounds); round += 1) {
  // Which one goes first changes from round to round.
  for (const name of round % 2 === 0 ? ['reserved', 'plain'] : ['plain', 'reserved']) {
    const { requests, errors, timeouts, non2xx } = await autocannon({
      url: `http://127.0.0.1:${ports[name]}/`,
      connections: 16,
      duration: Number(values.seconds),
    });
    failed += errors + timeouts + non2xx;
    // The first round is there to warm up.
    if (round > 0) results[name].push(requests.total / Number(values.seconds));
  }
}
await autocannon({ url: `http://127.0.0.1:${ports.plain}/end`, connections: 1, amount: 1 });
const exitCode = await ended;
const ratios = results.reserved.map((value, index) => value / results.plain[index]);
for (const [name, rates] of Object.entries(results)) {
  const [least, most] = [Math.min(...rates), Math.max(...rates)].map(Math.round);
  console.log(`${name.padEnd(8)} ${Math.round(median(rates))} requests/s (${least} to ${most})`);
}
console.log(
  `ratio    ${median(ratios).toFixed(3)} (${Math.min(...ratios).toFixed(3)} to ${Math.max(...ratios).toFixed(3)})`,
);
console.log(`failed requests: ${failed}; servers ended with ${exitCode}`);
process.exitCode = failed > 0 || exitCode !== 0 ? 1 : 0;
