// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { ancestorIds, detailsOf, type ProcessTable } from '../../../src/calls/owner-details.js';

/** Rows of a process, its parent, and when it was created; undefined where Windows does not tell. */
function table(...rows: [processId: number, parent: number, createdAt: bigint | undefined][]): ProcessTable {
  return {
    rows: new Map(
      rows.map(([processId, parentProcessId]) => [
        processId,
        { processId, parentProcessId, imageName: `program${processId}.exe` },
      ]),
    ),
    descriptions: new Map(
      rows.map(([processId, , createdAt]) => [
        processId,
        { processId, commandLine: `run ${processId}`, ...(createdAt !== undefined && { createdAt }) },
      ]),
    ),
  };
}

describe('the parents of a process', () => {
  it('are those that started it, the nearest first', () => {
    const { parents, orphaned } = detailsOf(40, table([40, 30, 9n], [30, 20, 8n], [20, 10, 7n]));
    expect(parents).toEqual([
      { processId: 30, imageName: 'program30.exe', commandLine: 'run 30' },
      { processId: 20, imageName: 'program20.exe', commandLine: 'run 20' },
    ]);
    expect(orphaned).toBe(false);
  });

  it('are none where the parent has ended', () => {
    expect(detailsOf(40, table([40, 30, 9n]))).toMatchObject({ parents: [], orphaned: true });
  });

  it('are none where another process has the id of the parent by now', () => {
    expect(detailsOf(40, table([40, 30, 8n], [30, 20, 9n], [20, 0, 1n]))).toMatchObject({
      parents: [],
      orphaned: true,
    });
  });

  it('end where a grandparent has ended', () => {
    const { parents, orphaned } = detailsOf(40, table([40, 30, 9n], [30, 20, 5n], [20, 10, 7n]));
    expect(parents?.map(({ processId }) => processId)).toEqual([30]);
    expect(orphaned).toBe(false);
  });

  it('are not known where Windows does not tell when one of them was created', () => {
    for (const created of [table([40, 30, undefined], [30, 0, 1n]), table([40, 30, 9n], [30, 0, undefined])]) {
      expect(detailsOf(40, created)).toEqual({ commandLine: 'run 40' });
    }
  });

  it('end, whatever Windows tells', () => {
    expect(ancestorIds(40, table([40, 30, 9n], [30, 40, 9n]))).toEqual([30]);
    expect(ancestorIds(40, table([40, 40, 9n]))).toEqual([]);
  });
});
