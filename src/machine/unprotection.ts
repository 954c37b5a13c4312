// SPDX-License-Identifier: MIT
import { deleteExcludedPortRange, listExcludedPortRanges } from '../calls/excluded-port-ranges.js';
import { errorCodes } from '../common/error-codes.js';
import { packageError, PortReservationError } from '../common/errors.js';
import type { PortBlock } from '../common/ports.js';
import { overlaps, portsText } from '../common/port-ranges.js';
import { isSame } from './port-parts.js';
import { checkElevated } from './protection.js';
import { openRecords } from './records.js';

/** Excluded on a stock Windows, which no administrator did (microsoft/msquic#2891). */
const ownOfWindows = { startPort: 50_000, numberOfPorts: 60 };

/**
 * Finds the exclusions that end with the protection of a block, without changing anything.
 *
 * @throws {@link PortReservationError} ERR_FOREIGN_EXCLUSION, ERROR_NOT_FOUND
 */
export async function findExclusionsToDelete(block: PortBlock, force: boolean): Promise<readonly PortBlock[]> {
  const { protocol } = block;
  const isOwn = (other: PortBlock): boolean => other.protocol === protocol && isSame(other, block);
  const [ranges, records] = await Promise.all([listExcludedPortRanges({ protocol }), openRecords().list()]);
  const exclusions = ranges.filter(({ administered }) => administered);
  const isThere = (part: PortBlock): boolean => exclusions.some((range) => isSame(range, part));
  const recorded = records.find((record) => isOwn(record.block))?.excluded.filter(isThere) ?? [];
  if (recorded.length > 0) return recorded;
  const overlapping = exclusions.filter((range) => overlaps(range, block));
  if (overlapping.length === 0) throw notExcluded(block);
  if (force && isThere(block)) return [block];
  const names = overlapping.map(portsText).join(', ');
  const whose = overlapping.some((range) => isSame(range, ownOfWindows))
    ? 'Windows itself excludes 50000-50059.'
    : 'This package did not protect exactly these ports.';
  const others = records.filter((record) => record.block.protocol === protocol && overlaps(record.block, block));
  const instead =
    others.length > 0
      ? ` Protected blocks are ${others.map((record) => `${protocol} ${record.block.startPort} ${record.block.numberOfPorts}`).join(', ')}.`
      : '';
  throw packageError(
    'ERR_FOREIGN_EXCLUSION',
    `${protocol} ${names} is excluded. ${whose}${instead} To delete an exclusion that something else made, name exactly its ports and use force.`,
    block,
  );
}

export async function unprotect(block: PortBlock, force: boolean): Promise<readonly PortBlock[]> {
  const exclusions = await findExclusionsToDelete(block, force);
  checkElevated(block, 'unprotect');
  for (const exclusion of exclusions) await deleteExcludedPortRange(exclusion);
  await openRecords().remove(block);
  return exclusions;
}

function notExcluded(block: PortBlock): PortReservationError {
  const { errorNumber } = errorCodes.ERROR_NOT_FOUND;
  return new PortReservationError(`No port of ${block.protocol} ${portsText(block)} is excluded.`, {
    ...block,
    code: 'ERROR_NOT_FOUND',
    errno: errorNumber,
    hint: `List the excluded ranges: netsh int ipv4 show excludedportrange protocol=${block.protocol}`,
  });
}
