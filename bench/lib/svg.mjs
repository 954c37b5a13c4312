// SPDX-License-Identifier: MIT
// Draws plain charts. They have their own background, so that they can be read on light and on dark pages.
import { format } from './markdown.mjs';

const width = 760;
const colors = ['#0b6bcb', '#8a8f98', '#d9822b', '#5b8c5a', '#9a5bb5', '#b34747'];
const ink = '#24292f';
const faint = '#d0d7de';

const escape = (text) => String(text).replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);

function text(x, y, content, { anchor = 'start', size = 12, weight = 'normal' } = {}) {
  const attributes = `x="${x}" y="${y}" text-anchor="${anchor}" font-size="${size}" font-weight="${weight}"`;
  return `<text ${attributes} fill="${ink}">${escape(content)}</text>`;
}

function document(title, height, body) {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`,
    ` font-family="system-ui, sans-serif" role="img" aria-label="${escape(title)}">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(16, 26, title, { size: 15, weight: 'bold' }),
    ...body,
    '</svg>\n',
  ].join('\n');
}

/** Returns the powers of ten that enclose the values. */
function decades(values) {
  const from = Math.floor(Math.log10(Math.min(...values)));
  const to = Math.ceil(Math.log10(Math.max(...values)));
  return Array.from({ length: Math.max(1, to - from) + 1 }, (_, step) => from + step);
}

const round = (value) => Math.round(value * 10) / 10;

/**
 * @typedef {object} Chart
 * @property {string} title
 * @property {string} unit
 * @property {{ name: string, value: number, low: number, high: number }[]} items A line goes from `low` to `high`.
 */

const [left, right, top, step] = [250, width - 90, 60, 34];

/** Draws a row for each item: its name, the mark, the line over half of the measurements, and the value. */
function rowsOf({ items, unit }, x, mark) {
  return items.flatMap(({ name, value, low, high }, index) => {
    const y = top + index * step;
    return [
      text(left - 10, y + 15, name, { anchor: 'end' }),
      mark(x(value), y, colors[index === 0 ? 0 : 1]),
      `<line x1="${x(low)}" y1="${y + 10}" x2="${x(high)}" y2="${y + 10}" stroke="${ink}"/>`,
      text(Math.max(x(value), x(high)) + 8, y + 15, `${format(value)} ${unit}`),
    ];
  });
}

/** Draws a bar from 0 for each item. @param {Chart} chart */
export function bars({ title, unit, items }) {
  const most = Math.max(...items.flatMap(({ value, high }) => [value, high]));
  const x = (value) => round(left + Math.max(0, value / most) * (right - left));
  const bar = (end, y, color) =>
    `<rect x="${left}" y="${y}" width="${round(end - left)}" height="20" fill="${color}"/>`;
  return document(title, top + items.length * step + 30, rowsOf({ items, unit }, x, bar));
}

/** Draws a dot for each item on a logarithmic scale, which has no 0 for bars to begin at. @param {Chart} chart */
export function dots({ title, unit, items }) {
  const scale = decades(items.flatMap(({ value, low, high }) => [value, low, high]));
  const x = (value) => round(left + ((Math.log10(value) - scale[0]) / (scale.at(-1) - scale[0])) * (right - left));
  const bottom = top + items.length * step;
  const grid = scale.flatMap((decade) => [
    `<line x1="${x(10 ** decade)}" y1="${top - 10}" x2="${x(10 ** decade)}" y2="${bottom}" stroke="${faint}"/>`,
    text(x(10 ** decade), bottom + 16, format(10 ** decade), { anchor: 'middle', size: 11 }),
  ]);
  const dot = (center, y, color) => `<circle cx="${center}" cy="${y + 10}" r="5" fill="${color}"/>`;
  return document(title, bottom + 30, [...grid, ...rowsOf({ items, unit }, x, dot)]);
}

/**
 * Draws lines over a logarithmic x axis, with a thin line over half of the measurements at each point.
 *
 * @param {{ title: string, note?: string, unit: string, xTitle: string,
 *   series: Record<string, { x: number, y: number, low: number, high: number }[]> }} chart
 */
export function lines({ title, note = '', unit, xTitle, series }) {
  const [left, right, top, bottom] = [70, width - 190, 50, 330];
  const points = Object.values(series).flat();
  const [xs, ys] = [decades(points.map(({ x }) => x)), decades(points.flatMap(({ y, low, high }) => [y, low, high]))];
  const place = (value, scale, from, to) =>
    round(from + ((Math.log10(value) - scale[0]) / (scale.at(-1) - scale[0])) * (to - from));
  const across = ({ x }) => place(x, xs, left, right);
  const up = (value) => place(value, ys, bottom, top);
  const axes = [
    ...xs.map((d) =>
      text(place(10 ** d, xs, left, right), bottom + 18, format(10 ** d), { anchor: 'middle', size: 11 }),
    ),
    ...ys.flatMap((decade) => {
      const y = up(10 ** decade);
      return [
        `<line x1="${left}" y1="${y}" x2="${right}" y2="${y}" stroke="${faint}"/>`,
        text(left - 8, y + 4, `${format(10 ** decade)} ${unit}`, { anchor: 'end', size: 11 }),
      ];
    }),
    text((left + right) / 2, bottom + 38, xTitle, { anchor: 'middle' }),
  ];
  const drawn = Object.entries(series).flatMap(([name, own], index) => [
    `<polyline points="${own.map((point) => `${across(point)},${up(point.y)}`).join(' ')}" fill="none" stroke="${colors[index]}" stroke-width="2"/>`,
    ...own.flatMap((point) => [
      `<line x1="${across(point)}" y1="${up(point.low)}" x2="${across(point)}" y2="${up(point.high)}" stroke="${colors[index]}"/>`,
      `<circle cx="${across(point)}" cy="${up(point.y)}" r="3" fill="${colors[index]}"/>`,
    ]),
    `<rect x="${right + 16}" y="${top + index * 22}" width="12" height="12" fill="${colors[index]}"/>`,
    text(right + 34, top + 11 + index * 22, name),
  ]);
  const below = text(right + 16, top + 11 + Object.keys(series).length * 22, note, { size: 11 });
  return document(title, bottom + 52, [...axes, ...drawn, below]);
}
