// SPDX-License-Identifier: MIT
import { once } from 'node:events';
import { cpus } from 'node:os';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { useBetween, useByOthers, whyBusy } from '../../../bench/lib/busy.mjs';
import { toCharts } from '../../../bench/lib/charts.mjs';
import { goalsOf, isMet, toMarkdown } from '../../../bench/lib/markdown.mjs';
import { replacePart } from '../../../bench/lib/readme.mjs';
import { quantile, ratiosOf, summaryOf } from '../../../bench/lib/statistics.mjs';

const comparison = {
  title: 'One call',
  chart: 'one-call',
  unit: 'µs',
  reference: 'bare',
  series: { ours: [12, 11, 13, 90], bare: [10, 10, 10, 100] },
  goals: [{ name: 'ours', atMost: 1.1 }],
};
const page = (goals: object[]) => toMarkdown('Measured', {}, [{ ...comparison, goals }] as never);

it('medians and quartiles are interpolated between the sorted values', () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
  expect(summaryOf([5, 1, 2, 4, 3])).toEqual({ median: 3, low: 2, high: 4 });
  expect(ratiosOf([3, 8], [2, 4])).toEqual([1.5, 2]);
});

it('a goal applies to the median of the ratios, round by round', () => {
  const [found] = goalsOf([comparison]) as { value: number }[];
  expect(found?.value).toBeCloseTo(1.15);
  expect(isMet({ atMost: 1.1 }, 1.15)).toBe(false);
  expect(isMet({ atLeast: 100 }, 99)).toBe(false);
  expect(isMet({ atLeast: 100 }, 100)).toBe(true);
});

it('a missed goal is reported in the table and at the end', () => {
  expect(page([{ name: 'ours', atMost: 1.1 }])).toContain('at most 1.10: **not met**');
  expect(page([{ name: 'ours', atMost: 1.1 }])).toContain('0 goals met, 1 not met:\n\n- not met: One call, ours: 1.15');
  expect(page([{ name: 'ours', atMost: 1.2 }])).toContain('1 goals met, 0 not met.');
});

const chartOf = async (results: object[]) => String((await toCharts(results)).get('one-call'));
/** Counts the shapes of a kind, as Vega names them. */
const shapes = (svg: string, kind: string) =>
  [...svg.matchAll(new RegExp(`class="mark-${kind} role-mark[^>]*>(.*?)</g>`, 'g'))].flatMap(
    ([, inside]) => inside?.match(/<(?:path|line|text)/g) ?? [],
  ).length;

it('the chart has a bar for each series, its median and half of the rounds, and the page shows the chart', async () => {
  const svg = await chartOf([comparison]);
  expect(svg).toMatch(/^<svg role="img" aria-label="One call" /);
  expect(svg).toContain('fill="white"');
  expect([shapes(svg, 'rect'), shapes(svg, 'rule'), shapes(svg, 'text')]).toEqual([2, 2, 2]);
  expect(svg).toContain('>12.5 µs<');
  const text = toMarkdown('Measured', {}, [comparison] as never, { heading: '##', charts: 'charts' });
  expect(text).toContain('### One call');
  expect(text).toContain('![One call](charts/one-call.svg)');
});

it('a goal that half of the rounds meet says that they disagree', () => {
  const doubtful = (atMost: number) => page([{ name: 'ours', atMost }]).includes('met, but the rounds disagree |');
  // The quartiles of the ratios are 1.05 and 1.225.
  expect([1, 1.1, 1.2, 1.3].map(doubtful)).toEqual([false, false, true, false]);
  expect(page([{ name: 'ours', atMost: 1.1 }])).toContain('**not met**, but the rounds disagree');
});

it('the processors in use are told from the ticks in which they are idle', () => {
  const cpu = (user: number, sys: number, idle: number) => ({ times: { user, nice: 0, sys, idle, irq: 0 } });
  expect(useBetween([cpu(50, 5, 10), cpu(0, 0, 0)], [cpu(53, 7, 15), cpu(0, 0, 10)])).toBe(0.25);
});

it('a program beside the run is seen', async () => {
  const other = new Worker('for (;;);', { eval: true });
  await once(other, 'online');
  // It may have to share its processor with others; then those are seen too.
  expect((await useByOthers(300)) * cpus().length).toBeGreaterThan(0.2);
  await other.terminate();
});

it('a run on a busy machine says that its figures do not count, and why', () => {
  const steady = { ...comparison, series: { ours: [10, 11, 10], bare: [10, 10, 10] } };
  const unsteady = { ...comparison, series: { ours: [10, 20, 30], bare: [10, 10, 10] } };
  const table = { title: 'Size', header: [''], rows: [] };
  expect(whyBusy(0.03, [steady, steady, table] as never)).toEqual([]);
  expect(whyBusy(0.5, [steady] as never)).toEqual(['other processes used 50 % of the processors']);
  const reasons = whyBusy(0.03, [steady, unsteady] as never);
  expect(reasons).toEqual(['in 1 of 2 comparisons half of the rounds differ by more than a quarter']);
  const text = toMarkdown('Measured', {}, [comparison] as never, { busy: reasons });
  expect(text).toContain('**The machine was too busy, so these figures do not count:** in 1 of 2 comparisons');
  expect(toMarkdown('Measured', {}, [comparison] as never)).not.toContain('busy');
});

it('new results replace the old ones, and nothing else changes', () => {
  const text = (results: string) => `a\n<!-- results here -->\n${results}\n<!-- end of results here -->\nb\n`;
  expect(replacePart(text('old'), 'here', 'new')).toBe(text('\nnew'));
  expect(() => replacePart(text('old'), 'wine', 'new')).toThrow('no place');
});

it('a goal on the worse quartile applies to the slower one, or the one with the lower rate', () => {
  const worse = (goal: object) =>
    goalsOf([{ ...comparison, goals: [{ name: 'ours', worseQuartile: true, ...goal }] }]) as { value: number }[];
  // The ratios are 0.9, 1.1, 1.2 and 1.3.
  expect(worse({ atMost: 1.1 })[0]?.value).toBeCloseTo(1.225);
  expect(worse({ atLeast: 1 })[0]?.value).toBeCloseTo(1.05);
  const text = page([{ name: 'ours', worseQuartile: true, atMost: 1.2 }]);
  expect(text).toContain('worse quartile at most 1.20: **not met**');
  expect(text).toContain('- not met: One call, ours, worse quartile: 1.23');
});

it('rows of one table show the reference too, and each row has the name of its comparison', () => {
  const rows = [10, 20].map((factor) => ({
    ...comparison,
    name: `with ${factor}`,
    series: { ours: [2 * factor], bare: [factor] },
    goals: [],
  }));
  const text = toMarkdown('Measured', {}, rows);
  expect(text).toContain('| with 10: ours | 20 | 20 to 20 | 2.00 | 2.00 to 2.00 |  |');
  expect(text).toContain('| with 10: bare | 10 | 10 to 10 | 1 |  |  |');
  expect(text).toContain('| with 20: bare | 20 | 20 to 20 | 1 |  |  |');
});

it('a table with columns has a ratio and a goal for each reference, and says which one is missed', () => {
  const row = {
    ...comparison,
    name: 'lookup',
    columns: ['ours', 'bare', 'koffi'],
    series: { ours: [12], bare: [10], koffi: [24] },
    goals: [
      { name: 'ours', atMost: 1.3 },
      { name: 'ours', reference: 'koffi', atMost: 0.4 },
    ],
  };
  const text = toMarkdown('Measured', {}, [row] as never);
  expect(text).toContain('| ours of: bare | goal | ours of: koffi | goal |');
  expect(text).toContain(
    '| 1.20 (1.20 to 1.20) | at most 1.30: met | 0.50 (0.50 to 0.50) | at most 0.40: **not met** |',
  );
  expect(text).toContain('1 goals met, 1 not met:\n\n- not met: One call: lookup, ours of koffi: 0.5');
});

it('a difference is computed round by round', () => {
  const text = toMarkdown('Measured', {}, [{ ...comparison, difference: true }] as never);
  expect(text).toContain('| µs more | goal |');
  expect(text).toContain('| 1.15 | 1.05 to 1.23 | 1.5 (-1.75 to 2.25) |');
});

it('a logarithmic scale has dots and powers of ten, with a line over half of the rounds', async () => {
  const svg = await chartOf([{ ...comparison, logarithmic: true }]);
  expect([shapes(svg, 'rect'), shapes(svg, 'symbol'), shapes(svg, 'rule')]).toEqual([0, 2, 2]);
  expect(svg).toContain('>100<');
  expect(svg).not.toContain('>50<');
});

it('lines have the quartiles at each point, and the note below the title', async () => {
  const points = [1, 10].map((x) => ({ ...comparison, x, chartTitle: 'Calls', xTitle: 'calls', chartNote: 'no more' }));
  const svg = await chartOf(points);
  expect([shapes(svg, 'line'), shapes(svg, 'symbol'), shapes(svg, 'rule')]).toEqual([2, 4, 4]);
  for (const text of ['no more', 'calls', 'µs', 'ours', 'bare']) expect(svg).toContain(`>${text}<`);
});

it('a table draws the bars that it names', async () => {
  const table = {
    title: 'Import',
    chart: 'one-call',
    chartTitle: 'More',
    unit: 'ms',
    rows: [],
    bars: { ours: [1, 2, 3] },
  };
  expect(await chartOf([table])).toContain('>2 ms<');
});
