// SPDX-License-Identifier: MIT
// Measures how fast tables of netsh are read, and how long the search for free ports takes among more and more ranges.
import { findFreePorts, parseExcludedPortRanges } from 'win-port-reservation';
import { install, SimulatedWindows } from 'win-port-reservation/simulator';
import { compare, inUnits } from '../lib/compare.mjs';
import { report } from '../lib/report-line.mjs';

/** Makes the output of netsh for a number of ranges. */
function table(rows) {
  const range = (row) => {
    const cells = [1024 + 2 * row, 1024 + 2 * row].map((port) => String(port).padStart(10));
    return `${cells[0]}  ${cells[1]}${row % 10 === 0 ? '     *' : ''}`;
  };
  const lines = ['', 'Protocol tcp Port Exclusion Ranges', '', 'Start Port    End Port', '----------    --------'];
  const end = ['', '* - Administered port exclusions.', ''];
  return [...lines, ...Array.from({ length: rows }, (_, row) => range(row)), ...end].join('\r\n');
}

const sizes = [10, 100, 1000, 30_000];
const tables = new Map(sizes.map((rows) => [rows, table(rows)]));
const parsed = await compare(
  Object.fromEntries(
    sizes.map((rows) => [String(rows), { run: () => parseExcludedPortRanges(tables.get(rows), 'tcp') }]),
  ),
  { rounds: 9, timeMs: 60 },
);
const speed = (rows) => parsed[rows].map((ms) => tables.get(rows).length / 2 ** 20 / (ms / 1000));
report({
  title: 'parseExcludedPortRanges',
  unit: 'MB/s',
  reference: '1,000 ranges',
  higherIsBetter: true,
  series: Object.fromEntries(sizes.map((rows) => [`${rows.toLocaleString('en')} ranges`, speed(rows)])),
  goals: [{ name: '30,000 ranges', atLeast: 0.5 }],
});

const numbers = [0, 50, 500];
const simulations = new Map();
for (const ranges of numbers) {
  const windows = new SimulatedWindows();
  for (let range = 0; range < ranges; range += 1) {
    windows.addForeignReservation({ protocol: 'tcp', startPort: 10_000 + 100 * range, numberOfPorts: 99 });
  }
  simulations.set(ranges, windows);
}
const searches = numbers.map((ranges) => [
  `${ranges} ranges`,
  {
    async run() {
      const simulation = install(simulations.get(ranges));
      const begin = performance.now();
      // No gap between the ranges holds two ports, so the search must pass all of them.
      await findFreePorts({ fromPort: 10_000, numberOfPorts: 2, host: '127.0.0.1' });
      const overriddenDuration = performance.now() - begin;
      simulation.uninstall();
      return { overriddenDuration };
    },
  },
]);
const found = await compare(Object.fromEntries(searches), { rounds: 9, timeMs: 60 });
report({
  title: 'findFreePorts, behind more and more excluded ranges',
  unit: 'ms',
  reference: '0 ranges',
  series: inUnits(found, 1),
});
process.exit();
