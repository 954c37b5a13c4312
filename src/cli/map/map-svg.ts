// SPDX-License-Identifier: MIT
import { lengthOf, portsText } from '../../common/port-ranges.js';
import { largestFreeRuns, spanOf, type PortPicture } from './port-picture.js';
import { escapeXml, portName, runName } from './run-names.js';
import { dateText, type Stamp } from './stamp.js';
import { svgFooter } from './svg-legend.js';
import { layoutOf } from './svg-layout.js';
import { svgPanel } from './svg-panel.js';
import { svgPatterns, svgStyle } from './svg-style.js';

const margin = 24;
const titleHeight = 40;
const footerGap = 20;
const panelGap = 40;

export interface SvgOptions {
  readonly stamp: Stamp;
  /** The ports to mark. */
  readonly highlight: readonly number[];
}

/**
 * Draws the pictures below each other as an SVG file. It needs no script, font or other file, its numbers stand in the
 * picture, and its colors follow the reader's choice of light or dark.
 */
export function mapSvg(pictures: readonly PortPicture[], { stamp, highlight }: SvgOptions): string {
  const panels: string[] = [];
  let top = margin;
  let width = 0;
  for (const picture of pictures) {
    const layout = layoutOf(picture, highlight);
    const footer = svgFooter(picture, layout.width, highlight);
    width = layout.width + 2 * margin;
    panels.push(
      `<g transform="translate(${margin} ${top})">`,
      `<text class="head" y="18">${escapeXml(`${picture.protocol.toUpperCase()} ports of ${stamp.host}`)}</text>`,
      `<text class="quiet number" x="${layout.width}" y="18">${dateText(stamp)}</text>`,
      `<g transform="translate(0 ${titleHeight})">`,
      ...svgPanel(picture, layout, highlight),
      '</g>',
      `<g transform="translate(0 ${titleHeight + layout.height + footerGap})">`,
      ...footer.elements,
      '</g></g>',
    );
    top += titleHeight + layout.height + footerGap + footer.height + panelGap;
  }
  const height = top - panelGap + margin;
  const protocols = pictures.map(({ protocol }) => protocol.toUpperCase()).join(' and ');
  const description = pictures.map((picture) => describe(picture, highlight)).join(' ');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escapeXml(`The ${protocols} ports of ${stamp.host}, ${dateText(stamp)}`)}</title>`,
    `<desc id="description">${escapeXml(description)}</desc>`,
    `<style>${svgStyle}</style>`,
    svgPatterns,
    `<rect class="page" width="${width}" height="${height}"/>`,
    ...panels,
    '</svg>',
    '',
  ].join('\n');
}

/** Describes the picture for screen readers: the number of taken ports, the marked ports, and the largest free run. */
function describe(picture: PortPicture, highlight: readonly number[]): string {
  const ports = spanOf(picture);
  const taken = picture.runs.filter(({ kind }) => kind !== 'free').reduce((sum, run) => sum + lengthOf(run), 0);
  const [largest] = largestFreeRuns(picture, false, 1);
  const room = largest === undefined ? 'None is free.' : `The largest free run is ${runName(largest)}.`;
  const marked = highlight.map((port) => `Port ${portName(picture, port)}.`);
  return [
    `${picture.protocol.toUpperCase()}: ${taken} of the ports ${portsText(ports)} are reserved, excluded or in use.`,
    ...marked,
    room,
  ].join(' ');
}
