// SPDX-License-Identifier: MIT
import type { ProcessRow } from '../windows/native-machine.js';
import { describeProcesses, listProcesses, type ProcessDescription } from './processes.js';

/** A process that started another one, itself or through others. */
export interface ParentProcess {
  readonly processId: number;
  /** The file name of its program, for instance `cmd.exe`. */
  readonly imageName: string;
  readonly commandLine?: string;
  readonly startedAt?: Date;
}

/**
 * The details by which a user recognizes a process. A property that Windows does not tell is absent. Texts are not escaped:
 * they may contain control characters, which a terminal obeys.
 */
export interface OwnerDetails {
  /** The whole path of the program. */
  readonly executable?: string;
  readonly commandLine?: string;
  readonly workingDirectory?: string;
  /** `DOMAIN\name`. */
  readonly userName?: string;
  readonly startedAt?: Date;
  /** The processes that started it, the nearest first, as far as they run. */
  readonly parents?: readonly ParentProcess[];
  /**
   * Whether the process that started it has ended, as with a server that Ctrl+C left behind. A service or a program
   * that went to the background is orphaned on purpose.
   */
  readonly orphaned?: boolean;
}

/** The processes of this moment. */
export interface ProcessTable {
  readonly rows: ReadonlyMap<number, ProcessRow>;
  readonly descriptions: ReadonlyMap<number, ProcessDescription>;
}

/** Reads the table, with descriptions of these processes and of everything that may have started them. */
export async function readProcessTable(processIds: readonly number[]): Promise<ProcessTable> {
  const rows = new Map((await listProcesses()).map((row) => [row.processId, row]));
  const wanted = new Set(processIds);
  // Iterating a Set also visits what is added meanwhile.
  for (const processId of wanted) {
    const parent = rows.get(processId)?.parentProcessId ?? 0;
    if (rows.has(parent)) wanted.add(parent);
  }
  const descriptions = await describeProcesses([...wanted]);
  return { rows, descriptions: new Map(descriptions.map((each) => [each.processId, each])) };
}

export function detailsOf(processId: number, table: ProcessTable): OwnerDetails {
  const { executable, commandLine, workingDirectory, userName, startedAt } = table.descriptions.get(processId) ?? {};
  return {
    ...(executable !== undefined && { executable }),
    ...(commandLine !== undefined && { commandLine }),
    ...(workingDirectory !== undefined && { workingDirectory }),
    ...(userName !== undefined && { userName }),
    ...(startedAt !== undefined && { startedAt }),
    ...ancestryOf(processId, table),
  };
}

function ancestryOf(processId: number, table: ProcessTable): Pick<OwnerDetails, 'parents' | 'orphaned'> {
  const orphaned = isOrphaned(processId, table);
  if (orphaned === undefined) return {};
  const parents = ancestorIds(processId, table).map((id) => {
    const { commandLine, startedAt } = table.descriptions.get(id) ?? {};
    return {
      processId: id,
      imageName: table.rows.get(id)?.imageName ?? '',
      ...(commandLine !== undefined && { commandLine }),
      ...(startedAt !== undefined && { startedAt }),
    };
  });
  return { parents, orphaned };
}

/**
 * Lists the processes that started this one, the nearest first.
 *
 * @param certain - False to include those that may only have reused a parent's id: their creation time is not known.
 */
export function ancestorIds(processId: number, table: ProcessTable, certain = true): number[] {
  const found = new Set([processId]);
  for (const id of found) {
    const parent = table.rows.get(id)?.parentProcessId ?? 0;
    const orphaned = isOrphaned(id, table);
    if (orphaned === false || (!certain && orphaned === undefined && parent !== 0)) found.add(parent);
  }
  return [...found].slice(1);
}

/**
 * Whether the parent has ended. A process that has the parent's id but was created after the child is another one, which
 * got the id later. Undefined where Windows does not tell when one of the two was created, and for the first processes.
 */
function isOrphaned(processId: number, { rows, descriptions }: ProcessTable): boolean | undefined {
  const parent = rows.get(processId)?.parentProcessId ?? 0;
  if (parent === 0) return undefined;
  if (!rows.has(parent)) return true;
  const created = descriptions.get(processId)?.createdAt;
  const parentCreated = descriptions.get(parent)?.createdAt;
  return created === undefined || parentCreated === undefined ? undefined : parentCreated > created;
}
