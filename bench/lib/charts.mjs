// SPDX-License-Identifier: MIT
import { summaryOf } from './statistics.mjs';
import { bars, dots, lines } from './svg.mjs';

/** Draws the charts of the results that have one, by the name of the chart. */
export function toCharts(results) {
  const charts = new Map();
  for (const result of results) {
    if (result.chart !== undefined) charts.set(result.chart, [...(charts.get(result.chart) ?? []), result]);
  }
  return new Map([...charts].map(([name, members]) => [name, draw(members)]));
}

function draw(members) {
  const [first] = members;
  if (first.rows) return drawTable(first);
  if (first.x !== undefined) return drawScaling(members);
  const items = Object.entries(first.series).map(([name, values]) => itemOf(name, values));
  const draw = first.logarithmic ? dots : bars;
  return draw({ title: first.title, unit: first.unit, items });
}

function itemOf(name, values) {
  const { median: value, low, high } = summaryOf(values);
  return { name, value, low, high };
}

function drawTable({ chartTitle, unit, bars: own }) {
  const items = own.map(({ name, values }) => itemOf(name, values));
  return bars({ title: chartTitle, unit, items });
}

/** Draws one line for each series, over the number that grows from result to result. */
function drawScaling(members) {
  const series = {};
  for (const { x, series: own } of members) {
    for (const [name, values] of Object.entries(own)) {
      const { median: y, low, high } = summaryOf(values);
      (series[name] ??= []).push({ x, y, low, high });
    }
  }
  const [{ chartTitle: title, chartNote: note, unit, xTitle }] = members;
  return lines({ title, note, unit, xTitle, series });
}
