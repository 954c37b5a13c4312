// SPDX-License-Identifier: MIT
// Measures the cost of starting: importing the package and similar ones, the first reservation, and the size of the
// download.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { withSpread } from './markdown.mjs';
import { ours } from './names.mjs';
import { inRounds } from './rounds.mjs';
import { median, ratiosOf, summaryOf } from './statistics.mjs';
import { runTopic } from './topics.mjs';

const repository = path.resolve(import.meta.dirname, '../..');
const empty = 'an empty module';

/** Formats the median, and half of the rounds. */
const cell = (values) => withSpread(summaryOf(values));

/**
 * @param {import('./topics.mjs').Host} host
 * @param {Record<string, string>} modules Their files, by name.
 * @param {{ rounds: number, beside?: string }} options The module to compare the time with.
 */
export async function measureImports(host, modules, { rounds, beside }) {
  const all = { [empty]: path.join(repository, 'bench/topics/empty.mjs'), ...modules };
  const importOf = async (file) => (await runTopic(host, 'start', [host.urlOf(file)]))[0];
  const found = await inRounds(all, importOf, { rounds });
  const series = (key, factor) =>
    Object.fromEntries(Object.entries(found).map(([name, all]) => [name, all.map((one) => one[key] * factor)]));
  const times = series('milliseconds', 1);
  const memory = series('rss', 2 ** -20);
  const overEmpty = (all, name) => all[name].map((value, round) => value - all[empty][round]);
  const over = (all, name) => median(overEmpty(all, name));
  const others = Object.keys(modules);
  return [
    {
      title: 'Import',
      chart: 'import',
      chartTitle: 'Import: more than an empty module',
      unit: 'ms',
      header: ['', 'ms', 'ms more than an empty module', 'MB of memory', 'MB more than an empty module'],
      bars: Object.fromEntries(others.map((name) => [name, overEmpty(times, name)])),
      rows: Object.keys(all).map((name) => [
        name,
        cell(times[name]),
        name === empty ? '' : cell(overEmpty(times, name)),
        cell(memory[name]),
        name === empty ? '' : cell(overEmpty(memory, name)),
      ]),
      goals: [
        ...(beside
          ? [
              {
                name: `time of ${ours} over an empty module, of that of ${beside}`,
                value: over(times, ours) / over(times, beside),
                atMost: 1.75,
              },
            ]
          : []),
        { name: `memory of ${ours} over an empty module`, value: over(memory, ours), atMost: 1, unit: 'MB' },
      ],
    },
  ];
}

/** Measures from the start of the process to the first server in a reservation. */
export async function measureFirstReservation(host, args, rounds) {
  const found = [];
  for (let round = 0; round < rounds; round += 1) found.push(...(await runTopic(host, 'first-reservation', args)));
  const of = (key) => cell(found.map((report) => report[key]));
  return [
    {
      title: 'A program that reserves one port and listens there',
      header: ['', 'ms'],
      rows: [
        ['import of the package', of('import')],
        ['the first reservation', of('reserve')],
        ['the first listen()', of('listen')],
        ['all of it, and the start of Node before it', of('total')],
      ],
    },
  ];
}

/** Measures whole runs of the command line beside a run of Node that does nothing. */
export async function measureCommandLine(rounds) {
  const main = path.join(repository, 'dist/cli/main.js');
  const reference = 'node -e 0';
  const commands = { [reference]: ['-e', '0'], '--version': [main, '--version'], '--help': [main, '--help'] };
  const time = (args) => {
    const start = performance.now();
    execFileSync(process.execPath, args);
    return performance.now() - start;
  };
  const series = await inRounds(commands, time, { rounds, warmUps: 1 });
  const goals = ['--version', '--help'].map((name) => ({ name, atMost: 1.5 }));
  return [{ title: 'The command line', unit: 'ms', reference, series, goals }];
}

/**
 * Measures explanations of a port, each round in a process of its own, beside one run of netsh and beside the least that they need.
 */
export async function measureExplanations(host, rounds) {
  const found = [];
  for (let round = 0; round < rounds; round += 1) {
    found.push(...(await runTopic(host, 'explain', round % 2 === 0 ? [] : ['--least-first'])));
  }
  const of = (key) => found.map((report) => report[key]);
  const [netsh, least] = ['one run of netsh', 'the least'];
  const row = (name, key, leastKey, atMost) => ({
    title: 'Why a port is refused',
    note:
      'The least is both runs of netsh and one read of the table of sockets, all at once; for the message, in a thread that has to start. ' +
      `That read alone takes ${median(ratiosOf(of('table'), of('netsh'))).toFixed(2)} of one run of netsh.`,
    name,
    columns: [ours, least, netsh],
    unit: 'ms',
    reference: netsh,
    series: { [ours]: of(key), [least]: of(leastKey), [netsh]: of('netsh') },
    goals: [
      { name: ours, atMost },
      { name: ours, atMost: 2, reference: least },
    ],
  });
  return [
    row('the first message that is explained', 'message', 'leastMessage', 1.5),
    row('the first explanation', 'first', 'least', 2),
    row('the second', 'second', 'least', 2),
  ];
}

/** Measures the package that npm would publish, and the binary in it. */
export function measureSizes() {
  const directory = mkdtempSync(path.join(tmpdir(), 'win-port-reservation-bench-'));
  try {
    const pack = ['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', directory];
    const [packed] = JSON.parse(execFileSync('npm', pack, { cwd: repository, encoding: 'utf8' }));
    const prebuilds = path.join(repository, 'prebuilds/win32-x64');
    const addons = existsSync(prebuilds) ? readdirSync(prebuilds).filter((name) => name.endsWith('.node')) : [];
    const binary = addons.map((name) => statSync(path.join(prebuilds, name)).size);
    const kilobytes = (bytes) => bytes / 1024;
    return [
      {
        title: 'Size',
        header: ['', 'KB'],
        rows: [
          ...binary.map((size) => ['the binary for x64', kilobytes(size)]),
          [
            `the tarball with ${binary.length === 1 ? 'one binary' : `${binary.length} binaries`}, ${packed.entryCount} files`,
            kilobytes(packed.size),
          ],
          ['installed', kilobytes(packed.unpackedSize)],
        ],
        goals: binary.map((size) => ({ name: 'the binary for x64', value: kilobytes(size), atMost: 120, unit: 'KB' })),
      },
    ];
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The modules of other packages with a similar purpose. */
export const modulesHere = {
  [ours]: path.join(repository, 'dist/index.js'),
  'get-port': path.join(repository, 'node_modules/get-port/index.js'),
  koffi: path.join(repository, 'node_modules/koffi/index.js'),
};
