// SPDX-License-Identifier: MIT
import type { Protocol } from '../../common/ports.js';
import { listPortOwners, type PortOwner } from '../../calls/port-owners.js';
import { printable } from '../../common/printable.js';
import { printColumns } from '../columns.js';
import type { Outcome, Style } from '../outcome.js';

export interface OwnersOptions {
  readonly protocol: Protocol | 'both';
  readonly port?: number;
  /** The id of a process. */
  readonly pid?: number;
}

export async function owners({ protocol, port, pid }: OwnersOptions): Promise<Outcome> {
  const rows = await listPortOwners({ port, processId: pid, ...(protocol !== 'both' && { protocol }) });
  return { data: { owners: rows }, text: (style) => (rows.length === 0 ? noneText(pid) : ownersText(rows, style)) };
}

function noneText(pid: number | undefined): string {
  return pid === undefined ? 'no process uses a port\n' : `process ${pid} uses no port\n`;
}

function ownersText(rows: readonly PortOwner[], style: Style): string {
  const right = true;
  const columns = [
    { head: 'protocol' },
    { head: 'port', right },
    { head: 'address' },
    { head: 'state' },
    { head: 'PID', right },
    { head: 'program' },
    { head: 'services' },
  ];
  const cells = rows.map(({ protocol, port, address, state = '', processId, imageName = '', serviceNames }) => [
    protocol,
    String(port),
    address,
    state,
    String(processId),
    printable(imageName),
    serviceNames.map(printable).join(' '),
  ]);
  const [head = '', ...lines] = printColumns(columns, cells, style.tableWidth);
  return [style('bold', head), ...lines, ''].join('\n');
}
