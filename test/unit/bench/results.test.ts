// SPDX-License-Identifier: MIT
import { expect, it } from 'vitest';
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

it('medians and quartiles lie between the values in order', () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
  expect(summaryOf([5, 1, 2, 4, 3])).toEqual({ median: 3, low: 2, high: 4 });
  expect(ratiosOf([3, 8], [2, 4])).toEqual([1.5, 2]);
});

it('a goal is about the median of the ratios, round by round', () => {
  const [found] = goalsOf([comparison]) as { value: number }[];
  expect(found?.value).toBeCloseTo(1.15);
  expect(isMet({ atMost: 1.1 }, 1.15)).toBe(false);
  expect(isMet({ atLeast: 100 }, 99)).toBe(false);
  expect(isMet({ atLeast: 100 }, 100)).toBe(true);
});

it('a goal that is not met is called so, in the table and at the end', () => {
  expect(page([{ name: 'ours', atMost: 1.1 }])).toContain('at most 1.10: **not met**');
  expect(page([{ name: 'ours', atMost: 1.1 }])).toContain('0 goals met, 1 not met:\n\n- not met: One call, ours: 1.15');
  expect(page([{ name: 'ours', atMost: 1.2 }])).toContain('1 goals met, 0 not met.');
});

it('the chart has a bar for each series, and the page shows it', () => {
  const svg = String(toCharts([comparison]).get('one-call'));
  expect(svg.match(/<rect/g)).toHaveLength(3);
  expect(svg).toContain('>12.5 µs<');
  const text = toMarkdown('Measured', {}, [comparison] as never, { heading: '##', charts: 'charts' });
  expect(text).toContain('### One call');
  expect(text).toContain('![One call](charts/one-call.svg)');
});

it('new results take the place of those before, and nothing else changes', () => {
  const text = (results: string) => `a\n<!-- results here -->\n${results}\n<!-- end of results here -->\nb\n`;
  expect(replacePart(text('old'), 'here', 'new')).toBe(text('\nnew'));
  expect(() => replacePart(text('old'), 'wine', 'new')).toThrow('no place');
});
