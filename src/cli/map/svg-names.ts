// SPDX-License-Identifier: MIT
import { lengthOf, portsText } from '../../common/port-ranges.js';
import { printable } from '../../common/printable.js';
import { categories } from './categories.js';
import { categoryOf, type PortRun } from './port-picture.js';

/** `50000-50059 (60): excluded`. */
export function runName(run: PortRun): string {
  const { owners = [] } = run;
  const who = owners.map(({ imageName, processId }) =>
    imageName === undefined ? `process ${processId}` : `${imageName} (process ${processId})`,
  );
  const by = who.length === 0 ? '' : ` by ${who.join(', ')}`;
  return `${portsText(run)} (${lengthOf(run)}): ${categories[categoryOf(run)].shortName}${by}`;
}

const notXml = /[^\t\n\r -\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

export function escapeXml(text: string): string {
  return printable(text)
    .replaceAll(notXml, '?')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
