// SPDX-License-Identifier: MIT
import { bare, ours } from './names.mjs';
import { inRounds } from './rounds.mjs';
import { median } from './statistics.mjs';
import {
  measureCommandLine,
  measureExplanations,
  measureFirstReservation,
  measureImports,
  measureSizes,
  modulesHere,
} from './start.mjs';
import { measureThroughput } from './throughput.mjs';
import { runTopic } from './topics.mjs';

/** @typedef {import('./topics.mjs').Host} Host */

async function memoryOfCalls(host) {
  const memoryOf = async (way) => (await runTopic(host, 'memory', [way]))[0];
  const found = await inRounds({ [ours]: 'package', [bare]: 'bare' }, memoryOf, { rounds: 5 });
  const of = (way, key) => median(found[way].map((report) => report[key]));
  const megabytes = (way, key) => of(way, key) / 2 ** 20;
  return [
    {
      title: 'Memory of 10,000 calls at once',
      note: 'The heap of Node grows once to the size that so many promises need, about 2 KB for each, and keeps it.',
      header: [
        '',
        'bytes per call, the first time',
        'MB more once they are settled',
        `MB more after ${found[bare][0].calls.toLocaleString('en')} more calls`,
      ],
      rows: Object.keys(found).map((way) => [
        way,
        of(way, 'bytesPerCall'),
        megabytes(way, 'left'),
        megabytes(way, 'grown'),
      ]),
      goals: [
        { name: 'what the first calls leave', value: megabytes(ours, 'left'), atMost: 20, unit: 'MB' },
        { name: 'how that grows with more', value: megabytes(ours, 'grown'), atMost: 1, unit: 'MB' },
      ],
    },
  ];
}

/** The topics of `--wine`, in this order. @type {Record<string, (host: Host) => Promise<object[]>>} */
export const measureInWine = {
  // These read the table of sockets, which takes Wine longer for each connection that lingers from the topics below.
  explain: ({ onModel }) => measureExplanations(onModel, 7),
  'command-line': ({ onModel }) => runTopic(onModel, 'list'),
  'one-call': (host) => runTopic(host, 'one-call'),
  'other-calls': (host) => runTopic(host, 'other-calls'),
  'many-calls': (host) => runTopic(host, 'many-calls'),
  'event-loop': (host) => runTopic(host, 'event-loop'),
  memory: memoryOfCalls,
  'many-sockets': (host) => runTopic(host, 'many-sockets', ['--instant']),
  listen: (host) => runTopic(host, 'listen', ['--instant']),
  throughput: (host) => measureThroughput(host, ['--instant']),
  start: async (host) => [
    ...(await measureImports(host, { ...modulesHere, koffi: host.koffi }, { rounds: 7 })),
    ...(await measureFirstReservation(host, ['--instant'], 5)),
    ...measureSizes(),
  ],
};

/** The topics on this system. @type {Record<string, (host: Host) => Promise<object[]>>} */
export const measureHere = {
  start: async (host) => [
    ...(await measureImports(host, modulesHere, { rounds: 21, beside: 'get-port' })),
    ...(await measureFirstReservation(host, [], 11)),
    ...measureSizes(),
  ],
  'command-line': () => measureCommandLine(21),
  listen: (host) => runTopic(host, 'listen'),
  throughput: (host) => measureThroughput(host),
  'many-sockets': (host) => runTopic(host, 'many-sockets'),
  simulator: (host) => runTopic(host, 'simulator'),
  parsing: (host) => runTopic(host, 'parsing'),
};
