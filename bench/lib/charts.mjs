// SPDX-License-Identifier: MIT
// Draws the charts. They have their own background, so that they can be read on light and on dark pages.
import { parse, View } from 'vega';
import { compile } from 'vega-lite';
import { format } from './markdown.mjs';
import { summaryOf } from './statistics.mjs';

const colors = ['#0b6bcb', '#8a8f98', '#d9822b', '#5b8c5a', '#9a5bb5', '#b34747'];
const look = {
  background: 'white',
  padding: 16,
  config: {
    aria: false,
    font: 'system-ui, sans-serif',
    axis: { domain: false, ticks: false, labelPadding: 8, labelFlush: false, labelLimit: 0 },
    legend: { symbolType: 'square', labelLimit: 0 },
    style: { 'guide-label': { fontSize: 12 }, 'guide-title': { fontSize: 12, fontWeight: 'normal' } },
    title: { anchor: 'start', frame: 'bounds', fontSize: 15, offset: 16, subtitlePadding: 6 },
    view: { stroke: null },
  },
};

/** Draws the charts of the results that have one, by the name of the chart. */
export async function toCharts(results) {
  const names = new Set(results.flatMap(({ chart }) => chart ?? []));
  const drawn = [...names].map(async (name) => [name, await draw(results.filter(({ chart }) => chart === name))]);
  return new Map(await Promise.all(drawn));
}

async function draw(members) {
  const [first] = members;
  const values = members.flatMap(({ x, unit, series, bars }) =>
    Object.entries(bars ?? series).map(([name, values]) => {
      const summary = summaryOf(values);
      return { x, name, ...summary, label: `${format(summary.median)} ${unit}` };
    }),
  );
  const title = first.chartTitle ?? first.title;
  const shape = first.x === undefined ? rows(first, values[0].name) : lines(first);
  const spec = { ...look, title: { text: title, subtitle: first.chartNote }, data: { values }, ...shape };
  const svg = await new View(parse(compile(spec).spec)).toSVG();
  const label = title.replace(/[&"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
  return `${svg.replace('<svg ', `<svg role="img" aria-label="${label}" `)}\n`;
}

const name = { field: 'name', type: 'nominal', sort: null, title: null };

const linear = (field) => ({ field, type: 'quantitative', axis: null });

/** Returns a logarithmic scale with a tick at each power of ten. */
function logarithmic(field, title) {
  const values = Array.from({ length: 16 }, (_, index) => 10 ** (index - 6));
  return { field, title, type: 'quantitative', scale: { type: 'log' }, axis: { values, format: ',~r' } };
}

/** Draws a row for each series: its name, a bar from 0, a line over half of the rounds, and the median. */
function rows(result, ours) {
  // A logarithmic scale has no 0 for bars to begin at.
  const mark = result.logarithmic ? { type: 'circle', size: 80, opacity: 1 } : { type: 'bar', height: 20 };
  const x = (field) => (result.logarithmic ? logarithmic(field, null) : linear(field));
  const color = { condition: { test: { field: 'name', equal: ours }, value: colors[0] }, value: colors[1] };
  return {
    width: 420,
    height: { step: 34 },
    encoding: { y: { ...name, axis: { grid: false } } },
    layer: [
      { mark, encoding: { x: x('median'), color } },
      { mark: 'rule', encoding: { x: x('low'), x2: { field: 'high' } } },
      {
        mark: { type: 'text', align: 'left', dx: 8, fontSize: 12 },
        encoding: { x: x('high'), text: { field: 'label' } },
      },
    ],
  };
}

/** Draws a line for each series on logarithmic axes, with a thin line over half of the rounds at each point. */
function lines({ unit, xTitle }) {
  return {
    width: 500,
    height: 280,
    encoding: { x: logarithmic('x', xTitle), color: { ...name, scale: { range: colors } } },
    layer: [
      { mark: { type: 'line', point: true }, encoding: { y: logarithmic('median', unit) } },
      { mark: 'rule', encoding: { y: logarithmic('low', unit), y2: { field: 'high' } } },
    ],
  };
}
