// SPDX-License-Identifier: MIT
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { portsText } from '../../../common/port-ranges.js';
import { byImportance, categories } from '../categories.js';
import { countPorts, type PortPicture } from '../port-picture.js';
import { escapeXml } from '../run-names.js';
import { dateText, type Stamp } from '../stamp.js';
import { swatch } from '../svg-legend.js';
import { layoutOf } from '../svg-layout.js';
import { svgPanel } from '../svg-panel.js';
import { dark, light, svgPatterns, svgStyle } from '../svg-style.js';
import type { PortLists } from '../../../explain/explain-listed.js';
import { namesOfCategories, pageMap, type PageData, type PageMap, type PageRun } from './page-data.js';
import { portMark } from './port-texts.js';

export interface PageOptions {
  readonly stamp: Stamp;
  /** The ports to mark; the page shows the first. */
  readonly highlight: readonly number[];
}

/**
 * Writes the page: the pictures, the taken ports as tables, and the explanation of each port as data. It loads nothing, and its
 * content security policy allows its own style and script only, by their hashes. Every text of the machine is escaped.
 */
export async function mapPage(
  pictures: readonly PortPicture[],
  lists: readonly PortLists[],
  { stamp, highlight }: PageOptions,
): Promise<string> {
  // The parts of the page lie next to this file.
  const [css, script] = await Promise.all([
    readFile(new URL('./map-page.css', import.meta.url), 'utf8'),
    readFile(new URL('./map-page.js', import.meta.url), 'utf8'),
  ]);
  const explained = lists.flatMap((list) => {
    const picture = pictures.find(({ protocol }) => protocol === list.protocol);
    if (picture === undefined) return [];
    const layout = layoutOf(picture, highlight);
    return { picture, layout, map: pageMap({ picture, lists: list, layout }) };
  });
  const maps = explained.map(({ map }) => map);
  const data: PageData = { portMark, categories: namesOfCategories(), maps, start: startOf(maps, highlight) };
  const style = `${colorsOf(light)}@media screen and (prefers-color-scheme:dark){${colorsOf(dark)}}${svgStyle}${css}`;
  const policy = `default-src 'none'; style-src '${hashOf(style)}'; script-src '${hashOf(script)}'; base-uri 'none'; form-action 'none'`;
  const title = escapeXml(`Ports of ${stamp.host}`);
  const sections = explained.map(({ picture, layout, map }) => {
    const svg = [
      `<svg viewBox="0 0 ${layout.width} ${layout.height}" width="${layout.width}" height="${layout.height}" aria-hidden="true">`,
      ...svgPanel(picture, layout, highlight),
      '<g class="cursor"><rect class="marker-halo" rx="3"/><rect class="marker" rx="3"/></g></svg>',
    ];
    return section(map, svg.join('\n'), legend(picture));
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}, ${dateText(stamp)}</title>
<style>${style}</style>
</head>
<body>
<svg class="hidden-text" aria-hidden="true">${svgPatterns}</svg>
<header><h1>${title}</h1><p class="soft">${dateText(stamp)}</p></header>
<main>
<div class="bar">
<div class="search" role="search">
<label for="port">Port number or program</label>
<input id="port" type="text" role="combobox" aria-autocomplete="list" aria-expanded="false" aria-controls="suggestions" aria-describedby="port-help" autocomplete="off" spellcheck="false">
<ul id="suggestions" role="listbox" aria-label="Ports found" hidden></ul>
<p id="port-help" class="soft">3000, or node.exe. Enter takes you there.</p>
</div>
${maps.length > 1 ? protocolChoice(maps) : ''}
</div>
<p id="status" role="status" class="hidden-text"></p>
<section id="answer" class="answer" tabindex="-1" aria-labelledby="answer-title">
<h2 id="answer-title"></h2>
<p id="answer-kind"></p>
<p id="answer-sentence"></p>
<details id="answer-details" open><summary>What to do</summary><ol id="answer-advice"></ol></details>
</section>
${sections.join('\n')}
<p class="soft">From the lists of Windows at that time, without test binds: the command explain makes one.</p>
</main>
<script type="application/json" id="data">${embeddedJson(data)}</script>
<script type="module">${script}</script>
</body>
</html>
`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function colorsOf(colors: Readonly<Record<string, string>>): string {
  return `:root{${Object.entries(colors)
    .map(([part, color]) => `--${part}:${color}`)
    .join(';')}}`;
}

/** Escapes what could end the script element, and the separators that a terminal or an editor may obey. */
function embeddedJson(data: object): string {
  return JSON.stringify(data).replace(
    /[<>&\u007f-\u009f\u2028\u2029\p{Bidi_Control}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function startOf(maps: readonly PageMap[], highlight: readonly number[]): PageData['start'] {
  const [map] = maps;
  const taken = map?.runs.find(({ category }) => category !== 'free' && category !== 'dynamic');
  const [port = taken?.startPort ?? map?.startPort ?? 1] = highlight.filter(
    (each) => map && each >= map.startPort && each <= map.endPort,
  );
  return { protocol: map?.protocol ?? 'tcp', port };
}

function protocolChoice(maps: readonly PageMap[]): string {
  const choices = maps.map(
    ({ protocol }) =>
      `<label><input type="radio" name="protocol" value="${protocol}"> ${protocol.toUpperCase()}</label>`,
  );
  return `<fieldset><legend>Protocol</legend>${choices.join('')}</fieldset>`;
}

function section(map: PageMap, svg: string, legendList: string): string {
  const { protocol, startPort, endPort } = map;
  const name = protocol.toUpperCase();
  return `<section class="map" data-protocol="${protocol}" aria-labelledby="title-${protocol}">
<h2 id="title-${protocol}">${name} ports ${portsText({ startPort, endPort })}</h2>
<p class="keys soft" id="keys-${protocol}">On the map: arrow keys go to the next port and the next hundred, Page Up and Page Down to the next thousand, N and P to the next and the previous block.</p>
<div class="scroll"><div id="map-${protocol}" role="slider" tabindex="0" aria-label="Map of the ${name} ports" aria-describedby="keys-${protocol}" aria-valuemin="${startPort}" aria-valuemax="${endPort}" aria-valuenow="${startPort}">
${svg}
</div></div>
${legendList}
${table(map)}
</section>`;
}

function legend(picture: PortPicture): string {
  const counts = countPorts(picture);
  const items = byImportance
    .filter((category) => counts[category] > 0)
    .map((category) => {
      const look = `<svg viewBox="0 -11 14 14" width="14" height="14" aria-hidden="true">${swatch(category)}</svg>`;
      return `<li>${look} ${categories[category].name}: ${counts[category]}</li>`;
    });
  return `<ul class="legend" aria-label="Kinds of ports, with their numbers">${items.join('')}</ul>`;
}

/** Lists what takes ports, for readers and printers without the map. */
function table({ protocol, runs }: PageMap): string {
  const taken = runs.filter(({ category }) => category !== 'free' && category !== 'dynamic');
  if (taken.length === 0) return '<p>No port is taken.</p>';
  const rows = taken.map((run) => tableRow(protocol, run));
  return `<table><caption>Taken ${protocol.toUpperCase()} ports</caption>
<thead><tr><th scope="col">Ports</th><th scope="col">Kind</th><th scope="col">Program, or the whole range</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table>`;
}

function tableRow(protocol: string, { startPort, endPort, category, owners, range }: PageRun): string {
  const { letter, name } = categories[category];
  const button = `<button type="button" data-protocol="${protocol}" data-port="${startPort}">${portsText({ startPort, endPort })}</button>`;
  const whose = [...owners, ...(range === undefined ? [] : [`part of ${range}`])].join(', ');
  return `<tr><td>${button}</td><td>${letter} – ${name}</td><td>${escapeXml(whose)}</td></tr>`;
}
