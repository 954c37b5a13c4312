// SPDX-License-Identifier: MIT
import { listExcludedPortRanges } from '../../calls/excluded-port-ranges.js';
import type { Protocol } from '../../common/ports.js';
import { printColumns } from '../columns.js';
import type { Outcome, Style } from '../outcome.js';
import { tellKinds, type KnownRange, type RangeKind } from '../range-kinds.js';

export interface ListOptions {
  readonly protocol: Protocol | 'both';
  readonly store: 'active' | 'persistent';
}

const kinds: Record<RangeKind, { color: 'green' | 'yellow' | 'red'; text: string }> = {
  persistent: { color: 'green', text: 'persistent reservation' },
  administered: { color: 'yellow', text: 'excluded by an administrator' },
  reserved: { color: 'red', text: 'reserved by Windows or a program' },
};

export async function list({ protocol, store }: ListOptions): Promise<Outcome> {
  const { ranges, notes } = await tellKinds(
    await listExcludedPortRanges({ store, ...(protocol !== 'both' && { protocol }) }),
  );
  return { data: { store, ranges, notes }, text: (style) => listText(ranges, style), notes };
}

function listText(ranges: readonly KnownRange[], style: Style): string {
  if (ranges.length === 0) return 'no excluded ranges\n';
  const sorted = ranges.toSorted((one, other) => one.protocol.localeCompare(other.protocol));
  const rows = sorted.map(({ protocol, startPort, numberOfPorts, endPort, administered, kind }) => [
    protocol,
    String(startPort),
    String(endPort),
    String(numberOfPorts),
    administered ? '*' : '',
    { text: kinds[kind].text, paint: (line: string) => style(kinds[kind].color, line) },
  ]);
  const right = true;
  const columns = [
    { head: 'protocol' },
    { head: 'first', right },
    { head: 'last', right },
    { head: 'ports', right },
    { head: 'mark' },
    { head: 'kind' },
  ];
  const [head = '', ...lines] = printColumns(columns, rows, style.tableWidth);
  return [style('bold', head), ...lines, ''].join('\n');
}
