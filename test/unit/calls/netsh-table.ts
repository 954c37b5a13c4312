// SPDX-License-Identifier: MIT
// Makes the output of netsh with any words: only the layout is that of Windows.
import { expect } from 'vitest';
import { PortReservationError } from '../../../src/common/errors.js';
import type { ExcludedPortRange } from '../../../src/common/ports.js';

export type Row = Omit<ExcludedPortRange, 'protocol'>;

/** The differences between languages, and between the ways in which a table reaches the package. */
export interface Words {
  readonly title: string;
  readonly heads: readonly [string, string];
  readonly dashes: readonly [number, number];
  readonly footer: string;
  readonly after: string;
  readonly lineEnd: string;
  readonly indent: string;
  readonly paddedTo: number;
}

export const english: Words = {
  title: 'Ranges of tcp ports that are left out',
  heads: ['From', 'To'],
  dashes: [10, 8],
  footer: '* - Left out by an administrator.',
  after: '',
  lineEnd: '\r\n',
  indent: '',
  paddedTo: 0,
};

export function printTable(rows: readonly Row[], words: Words): string {
  const { title, heads, dashes, footer, after, lineEnd, indent, paddedTo } = words;
  const printRow = ({ startPort, endPort, administered }: Row): string =>
    `${String(startPort).padStart(10)}${String(endPort).padStart(12)}${administered ? '     *' : ''}`.padEnd(paddedTo);
  const lines = ['', title, '', heads.join('    '), `${'-'.repeat(dashes[0])}    ${'-'.repeat(dashes[1])}`];
  return [...lines, ...rows.map(printRow), '', footer, after, ''].map((line) => indent + line).join(lineEnd);
}

export const tcp = (rows: readonly Row[]): ExcludedPortRange[] => rows.map((row) => ({ protocol: 'tcp', ...row }));

/** Calls `read`, which must throw the error for unexpected output. */
export function expectNotUnderstood(read: () => unknown, reason: RegExp): void {
  let thrown: unknown;
  try {
    read();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(PortReservationError);
  expect(thrown).toMatchObject({ code: 'ERR_NETSH_OUTPUT', hint: expect.any(String) as string });
  expect((thrown as Error).message).toMatch(reason);
}
