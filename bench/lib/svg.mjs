// SPDX-License-Identifier: MIT
// Plain charts. They have a ground of their own, so that they can be read on light and on dark pages.
import { format } from './markdown.mjs';

const width = 760;
const colours = ['#0b6bcb', '#8a8f98', '#d9822b', '#5b8c5a', '#9a5bb5', '#b34747'];
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

/** Steps of ten that enclose the values. */
function decades(values) {
  const from = Math.floor(Math.log10(Math.min(...values)));
  const to = Math.ceil(Math.log10(Math.max(...values)));
  return Array.from({ length: Math.max(1, to - from) + 1 }, (_, step) => from + step);
}

const round = (value) => Math.round(value * 10) / 10;

/**
 * A bar for each item, and a line over the half of the measurements around its median.
 *
 * @param {{ title: string, unit: string, items: { name: string, value: number, low?: number, high?: number }[],
 *   logarithmic?: boolean }} chart
 */
export function bars({ title, unit, items, logarithmic = false }) {
  const [left, right, top, step] = [250, width - 90, 60, 34];
  const values = items.flatMap(({ value, low = value, high = value }) => [value, low, high]).filter((v) => v > 0);
  const scale = logarithmic ? decades(values) : undefined;
  const most = Math.max(...values);
  const x = (value) => {
    const part = scale ? (Math.log10(value) - scale[0]) / (scale.at(-1) - scale[0]) : value / most;
    return round(left + Math.max(0, part) * (right - left));
  };
  const bottom = top + items.length * step;
  const grid = (scale ?? []).flatMap((decade) => [
    `<line x1="${x(10 ** decade)}" y1="${top - 10}" x2="${x(10 ** decade)}" y2="${bottom}" stroke="${faint}"/>`,
    text(x(10 ** decade), bottom + 16, format(10 ** decade), { anchor: 'middle', size: 11 }),
  ]);
  const rows = items.flatMap(({ name, value, low = value, high = value }, index) => {
    const y = top + index * step;
    return [
      text(left - 10, y + 15, name, { anchor: 'end' }),
      `<rect x="${left}" y="${y}" width="${round(x(value) - left)}" height="20" fill="${colours[index === 0 ? 0 : 1]}"/>`,
      `<line x1="${x(low)}" y1="${y + 10}" x2="${x(high)}" y2="${y + 10}" stroke="${ink}"/>`,
      text(Math.max(x(value), x(high)) + 8, y + 15, `${format(value)} ${unit}`),
    ];
  });
  return document(title, bottom + 30, [...grid, ...rows]);
}

/**
 * Lines over a logarithmic x axis.
 *
 * @param {{ title: string, unit: string, xTitle: string, series: Record<string, { x: number, y: number }[]> }} chart
 */
export function lines({ title, unit, xTitle, series }) {
  const [left, right, top, bottom] = [70, width - 190, 50, 330];
  const points = Object.values(series).flat();
  const [xs, ys] = [decades(points.map(({ x }) => x)), decades(points.map(({ y }) => y))];
  const place = (value, scale, from, to) =>
    round(from + ((Math.log10(value) - scale[0]) / (scale.at(-1) - scale[0])) * (to - from));
  const at = ({ x, y }) => `${place(x, xs, left, right)},${place(y, ys, bottom, top)}`;
  const axes = [
    ...xs.map((d) =>
      text(place(10 ** d, xs, left, right), bottom + 18, format(10 ** d), { anchor: 'middle', size: 11 }),
    ),
    ...ys.flatMap((decade) => {
      const y = place(10 ** decade, ys, bottom, top);
      return [
        `<line x1="${left}" y1="${y}" x2="${right}" y2="${y}" stroke="${faint}"/>`,
        text(left - 8, y + 4, `${format(10 ** decade)} ${unit}`, { anchor: 'end', size: 11 }),
      ];
    }),
    text((left + right) / 2, bottom + 38, xTitle, { anchor: 'middle' }),
  ];
  const drawn = Object.entries(series).flatMap(([name, own], index) => [
    `<polyline points="${own.map(at).join(' ')}" fill="none" stroke="${colours[index]}" stroke-width="2"/>`,
    ...own.map(
      (point) =>
        `<circle cx="${at(point).split(',')[0]}" cy="${at(point).split(',')[1]}" r="3" fill="${colours[index]}"/>`,
    ),
    `<rect x="${right + 16}" y="${top + index * 22}" width="12" height="12" fill="${colours[index]}"/>`,
    text(right + 34, top + 11 + index * 22, name),
  ]);
  return document(title, bottom + 52, [...axes, ...drawn]);
}
