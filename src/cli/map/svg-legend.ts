// SPDX-License-Identifier: MIT
import { lengthOf, portsText } from '../../common/port-ranges.js';
import { byImportance, categories } from './categories.js';
import { countPorts, largestFreeRuns, type PortCategory, type PortPicture } from './port-picture.js';

const lineHeight = 20;
const countLeft = 300;
const countWidth = 80;

export function legendHeight(pictures: readonly PortPicture[]): number {
  return lineHeight * (1 + shownCategories(pictures).length + pictures.length);
}

/** A line per category with its counts, then the largest free runs of each protocol. */
export function svgLegend(pictures: readonly PortPicture[], left: number, top: number): string[] {
  const counts = pictures.map(countPorts);
  const right = (index: number): number => countLeft + (index + 1) * countWidth;
  const heads = pictures.map(
    ({ protocol }, index) => `<text class="number" x="${right(index)}" y="11">${protocol}</text>`,
  );
  const shown = shownCategories(pictures);
  const lines = shown.map((category, index) => {
    const y = (index + 1) * lineHeight;
    const numbers = counts.map(
      (each, column) => `<text class="number" x="${right(column)}" y="${y + 11}">${each[category]}</text>`,
    );
    const swatch = `<rect class="${category}" y="${y}" width="14" height="14"/>`;
    return `${swatch}<text x="22" y="${y + 11}">${categories[category].name}</text>${numbers.join('')}`;
  });
  const free = pictures.map((picture, index) => {
    const runs = largestFreeRuns(picture, false).map((run) => `${portsText(run)} (${lengthOf(run)})`);
    const y = (shown.length + 1 + index) * lineHeight + 11;
    return `<text y="${y}">largest free, ${picture.protocol}: ${runs.length === 0 ? 'none' : runs.join(', ')}</text>`;
  });
  return [`<g transform="translate(${left} ${top})">`, ...heads, ...lines, ...free, '</g>'];
}

function shownCategories(pictures: readonly PortPicture[]): PortCategory[] {
  const counts = pictures.map(countPorts);
  return byImportance.filter((category) => counts.some((each) => each[category] > 0));
}
