// SPDX-License-Identifier: MIT
import { describeProcesses, endProcess, listProcesses } from '../calls/processes.js';
import { isPartOfWindows } from '../common/parts-of-windows.js';
import { hasCode } from '../common/errors.js';

/** A process by its id and the FILETIME of its creation: another process may get the id later. */
export interface EndedProcess {
  readonly processId: number;
  readonly createdAt: bigint;
}

/**
 * Ends everything that an ended process started, directly or through others. Looks again until it finds no more,
 * because a process may start another one before it is ended. Parts of Windows are left alone.
 *
 * @throws The first error of a process that could not be ended, after the others were.
 */
export async function endDescendants(root: EndedProcess): Promise<EndedProcess[]> {
  const created = new Map([[root.processId, root.createdAt]]);
  const ended: EndedProcess[] = [];
  const failures: unknown[] = [];
  for (;;) {
    const children = await findChildren(created);
    if (children.length === 0) break;
    for (const child of children) {
      created.set(child.processId, child.createdAt);
      try {
        if (await endIfThere(child)) ended.push(child);
      } catch (error) {
        failures.push(error);
      }
    }
  }
  for (const failure of failures) throw failure;
  return ended;
}

/**
 * Finds the children that are not known yet. Windows reuses ids: an earlier process with the id started what is older
 * than the parent, and a present one started what is younger than itself.
 */
async function findChildren(created: ReadonlyMap<number, bigint>): Promise<EndedProcess[]> {
  const parentOf = new Map(
    (await listProcesses())
      .filter(({ processId, imageName }) => !created.has(processId) && !isPartOfWindows(imageName))
      .filter(({ parentProcessId }) => created.has(parentProcessId))
      .map(({ processId, parentProcessId }) => [processId, parentProcessId]),
  );
  const ids = [...parentOf.keys()];
  const descriptions = await describeProcesses([...ids, ...new Set(parentOf.values())]);
  const createdNow = new Map(descriptions.map(({ processId, createdAt }) => [processId, createdAt]));
  return ids.flatMap((processId) => {
    const createdAt = createdNow.get(processId);
    const parent = parentOf.get(processId) ?? 0;
    const parentCreated = created.get(parent);
    if (createdAt === undefined || parentCreated === undefined || createdAt < parentCreated) return [];
    const successor = createdNow.get(parent);
    const isOfSuccessor = successor !== undefined && successor !== parentCreated && createdAt >= successor;
    return isOfSuccessor ? [] : [{ processId, createdAt }];
  });
}

/** Ends a process; returns false where it has ended by itself. */
export async function endIfThere({ processId, createdAt }: EndedProcess): Promise<boolean> {
  try {
    await endProcess(processId, createdAt);
    return true;
  } catch (error) {
    if (hasCode(error, 'ERROR_INVALID_PARAMETER')) return false;
    throw error;
  }
}
