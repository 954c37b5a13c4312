// SPDX-License-Identifier: MIT
import { median } from './statistics.mjs';
import { runTopic } from './topics.mjs';

/** @typedef {import('./topics.mjs').Host} Host */

async function memoryOfCalls(host) {
  const names = { package: 'this package', bare: 'bare napi_async_work' };
  const found = { package: [], bare: [] };
  for (let round = 0; round < 5; round += 1) {
    for (const way of Object.keys(found)) found[way].push(...(await runTopic(host, 'memory', [way])));
  }
  const of = (way, key) => median(found[way].map((report) => report[key]));
  const megabytes = (way) => of(way, 'left') / 2 ** 20;
  return [
    {
      title: 'Memory of 10,000 calls at once',
      header: [
        '',
        'bytes per call, the first time',
        `MB more after ${found.bare[0].calls.toLocaleString('en')} more calls`,
      ],
      rows: Object.keys(found).map((way) => [names[way], of(way, 'bytesPerCall'), megabytes(way)]),
      goals: [{ name: 'what this package leaves', value: megabytes('package'), atMost: 1, unit: 'MB' }],
    },
  ];
}

/** What `--wine` measures, in this order. @type {Record<string, (host: Host) => Promise<object[]>>} */
export const measureInWine = {
  'one-call': (host) => runTopic(host, 'one-call'),
  'many-calls': (host) => runTopic(host, 'many-calls'),
  memory: memoryOfCalls,
};

/** What is measured on this system. @type {Record<string, (host: Host) => Promise<object[]>>} */
export const measureHere = {};
