// SPDX-License-Identifier: MIT
import { contains, lengthOf, portsText } from '../../common/port-ranges.js';
import { printable, processName } from '../../common/printable.js';
import { categories } from './categories.js';
import { categoryOf, type PortPicture, type PortRun } from './port-picture.js';

/** `50000-50059 (60): excluded`. */
export function runName(run: PortRun): string {
  return `${portsText(run)} (${lengthOf(run)}): ${categories[categoryOf(run)].shortName}${byWhom(run)}${partOf(run)}`;
}

/** `3000: reserved, part of 2969-3068`. */
export function portName({ runs }: PortPicture, port: number): string {
  const run = runs.find((each) => contains(each, port));
  if (run === undefined) return `${port}: not on this map`;
  return `${port}: ${categories[categoryOf(run)].shortName}${byWhom(run)}${partOf({ ...run, startPort: port, endPort: port })}`;
}

/** Names the processes that use the ports: `node.exe (process 812)`. */
export function ownerNames({ owners = [] }: PortRun): string[] {
  return owners.map(({ imageName, processId }) => processName(processId, imageName));
}

function byWhom(run: PortRun): string {
  const names = ownerNames(run);
  return names.length === 0 ? '' : ` by ${names.join(', ')}`;
}

function partOf({ startPort, endPort, range }: PortRun): string {
  const isPart = range !== undefined && (range.startPort !== startPort || range.endPort !== endPort);
  return isPart ? `, part of ${portsText(range)}` : '';
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
