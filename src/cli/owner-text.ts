// SPDX-License-Identifier: MIT
import type { PortOwner } from '../calls/port-owners.js';
import { printable } from '../common/printable.js';
import { ownerName } from '../explain/answer/words.js';
import type { Style } from './outcome.js';
import { wrap } from './wrap.js';

const units = [
  { name: 'day', seconds: 86_400 },
  { name: 'hour', seconds: 3600 },
  { name: 'minute', seconds: 60 },
] as const;

/** `3 hours ago`. */
export function agoText(since: Date, now = new Date()): string {
  const seconds = Math.max(0, (now.getTime() - since.getTime()) / 1000);
  const unit = units.find((each) => seconds >= each.seconds);
  if (!unit) return 'less than a minute ago';
  const count = Math.floor(seconds / unit.seconds);
  return `${count} ${unit.name}${count === 1 ? '' : 's'} ago`;
}

/** Tells what identifies the process: one line for each thing that Windows tells. */
export function ownerLines(owner: PortOwner, style: Style, now = new Date()): string[] {
  const { commandLine, executable, workingDirectory, userName, startedAt, parents = [], orphaned } = owner;
  const program = commandLine ?? executable;
  const chain = parents.map(({ imageName, processId }) => `${imageName} (${processId})`).join(', by ');
  const facts = [
    ...(program === undefined ? [] : [`command:  ${program}`]),
    ...(workingDirectory === undefined ? [] : [`folder:   ${workingDirectory}`]),
    ...(userName === undefined ? [] : [`user:     ${userName}`]),
    ...(startedAt === undefined ? [] : [`started:  ${agoText(startedAt, now)}${chain === '' ? '' : `, by ${chain}`}`]),
    ...(orphaned === true ? ['left over: the process that started it has ended'] : []),
  ];
  return [printable(ownerName(owner)), ...facts.flatMap((fact) => wrap(printable(fact), style, '  '))];
}
