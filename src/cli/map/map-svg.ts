// SPDX-License-Identifier: MIT
import { lengthOf, portCount } from '../../common/port-ranges.js';
import { byImportance } from './categories.js';
import { categoryOf, largestFreeRuns, type PortPicture, type PortRun } from './port-picture.js';
import { legendHeight, svgLegend } from './svg-legend.js';
import { escapeXml, runName } from './run-names.js';
import { svgStyle } from './svg-style.js';

const portsOfRow = 256;
/** The size of a port in pixels: it is higher than wide, so that a short range is not a hairline. */
const unitWidth = 2;
const unitHeight = 3;
const gridWidth = portsOfRow * unitWidth;
const gridHeight = (portCount / portsOfRow) * unitHeight;
const margin = 20;
const labelWidth = 44;
const headHeight = 44;
const panelWidth = labelWidth + gridWidth;
const gap = 28;

/**
 * Draws the picture as an SVG file: a row is 256 ports. It needs no script, font or other file, and its colors follow
 * the reader's choice of light or dark.
 */
export function mapSvg(pictures: readonly PortPicture[]): string {
  const width = 2 * margin + pictures.length * panelWidth + (pictures.length - 1) * gap;
  const legendTop = margin + headHeight + gridHeight + 28;
  const height = legendTop + legendHeight(pictures) + margin;
  const protocols = pictures.map(({ protocol }) => protocol.toUpperCase()).join(' and ');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">The ${protocols} ports of a machine</title>`,
    `<desc id="description">${escapeXml(pictures.map(describe).join(' '))}</desc>`,
    `<style>${svgStyle}</style>`,
    `<rect class="page" width="${width}" height="${height}"/>`,
    ...pictures.flatMap((picture, index) => panel(picture, margin + index * (panelWidth + gap), margin)),
    ...svgLegend(pictures, margin + labelWidth, legendTop),
    '</svg>',
    '',
  ].join('\n');
}

/** Describes the picture for screen readers: the number of taken ports, and the free runs. */
function describe(picture: PortPicture): string {
  const taken = picture.runs.filter(({ kind }) => kind !== 'free').reduce((sum, run) => sum + lengthOf(run), 0);
  const [largest] = largestFreeRuns(picture, false, 1);
  const room = largest === undefined ? 'None is free.' : `The largest free run is ${runName(largest)}.`;
  return `${picture.protocol.toUpperCase()}: ${taken} of ${portCount - 1} ports are reserved, excluded or in use. ${room}`;
}

function panel(picture: PortPicture, left: number, top: number): string[] {
  const gridTop = top + headHeight;
  return [
    `<g transform="translate(${left + labelWidth} ${gridTop})">`,
    `<text class="head" y="${-26}">${picture.protocol.toUpperCase()}</text>`,
    ...columnLabels(),
    ...rowLabels(),
    `<g transform="scale(${unitWidth} ${unitHeight})" shape-rendering="crispEdges">`,
    `<rect class="none" width="1" height="1"><title>0: not a port</title></rect>`,
    ...byImportance.toReversed().flatMap((category) => {
      const runs = picture.runs.filter((run) => categoryOf(run) === category);
      return runs.length === 0 ? [] : [`<g class="${category}">`, ...runs.map(drawRun), '</g>'];
    }),
    '</g>',
    '</g>',
  ];
}

function columnLabels(): string[] {
  return [0, 64, 128, 192].map((column) => {
    const x = column * unitWidth;
    return `<path class="tick" d="M${x + 0.5} -5v5"/><text x="${x}" y="-8">+${column}</text>`;
  });
}

function rowLabels(): string[] {
  return Array.from({ length: 16 }, (_, index) => {
    const y = index * 16 * unitHeight;
    return `<path class="tick" d="M-5 ${y + 0.5}h5"/><text class="number" x="-8" y="${y + 4}">${index * 4096}</text>`;
  });
}

function drawRun(run: PortRun): string {
  return `<path d="${outline(run)}"><title>${escapeXml(runName(run))}</title></path>`;
}

/** Draws at most three rectangles: the end of the first row, whole rows, the start of the last row. */
function outline({ startPort, endPort }: PortRun): string {
  const [firstRow, firstColumn] = placeOf(startPort);
  const [lastRow, lastColumn] = placeOf(endPort);
  if (firstRow === lastRow) return rectangle(firstColumn, firstRow, lastColumn - firstColumn + 1, 1);
  const wholeFrom = firstColumn === 0 ? firstRow : firstRow + 1;
  const wholeTo = lastColumn === portsOfRow - 1 ? lastRow + 1 : lastRow;
  return [
    firstColumn === 0 ? '' : rectangle(firstColumn, firstRow, portsOfRow - firstColumn, 1),
    wholeFrom === wholeTo ? '' : rectangle(0, wholeFrom, portsOfRow, wholeTo - wholeFrom),
    lastColumn === portsOfRow - 1 ? '' : rectangle(0, lastRow, lastColumn + 1, 1),
  ].join('');
}

function placeOf(port: number): [row: number, column: number] {
  return [Math.floor(port / portsOfRow), port % portsOfRow];
}

function rectangle(x: number, y: number, width: number, height: number): string {
  return `M${x} ${y}h${width}v${height}h-${width}z`;
}
