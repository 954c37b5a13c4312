// SPDX-License-Identifier: MIT
import { median, summaryOf } from './statistics.mjs';
import { bars, lines } from './svg.mjs';

/** The charts of the results that have one, by the name of the chart. */
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
  return bars({ title: first.title, unit: first.unit, logarithmic: first.logarithmic, items });
}

function itemOf(name, values) {
  const { median: value, low, high } = summaryOf(values);
  return { name, value, low, high };
}

function drawTable({ chartTitle, unit, bars: own }) {
  const items = own.map(({ name, values }) => itemOf(name, values));
  return bars({ title: chartTitle, unit, items });
}

/** One line for each series, over what grows from result to result. */
function drawScaling(members) {
  const series = {};
  for (const { x, series: own } of members) {
    for (const [name, values] of Object.entries(own)) (series[name] ??= []).push({ x, y: median(values) });
  }
  return lines({ title: members[0].chartTitle, unit: members[0].unit, xTitle: members[0].xTitle, series });
}
