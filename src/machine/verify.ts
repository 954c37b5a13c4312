// SPDX-License-Identifier: MIT
import { listExcludedPortRanges } from '../calls/excluded-port-ranges.js';
import { errorCodes } from '../common/error-codes.js';
import { packageError } from '../common/errors.js';
import type { PortBlock } from '../common/ports.js';
import { tryToBind } from '../explain/facts/trial-bind.js';
import { errorName } from '../explain/answer/words.js';
import { lastPortOf, portsText } from '../common/port-ranges.js';
import { partsOutside } from './port-parts.js';

/** Binding every port of a large block would take seconds, and no reservation that hides from the list is that small. */
const mostBinds = 64;

/**
 * Checks that a block is excluded now and after a restart, and that an ordinary bind of its ports is not refused.
 *
 * @throws {@link PortReservationError} ERR_NOT_PROTECTED
 */
export async function verifyProtection(block: PortBlock): Promise<void> {
  for (const store of ['active', 'persistent'] as const) {
    const ranges = await listExcludedPortRanges({ protocol: block.protocol, store });
    const [part] = partsOutside(
      block,
      ranges.filter(({ administered }) => administered),
    );
    if (part === undefined) continue;
    throw packageError(
      'ERR_NOT_PROTECTED',
      `Windows does not list ${part.protocol} ${portsText(part)} as excluded (netsh int ipv4 show excludedportrange protocol=${part.protocol} store=${store}). Protect the ports again; if that fails too, another program deletes exclusions.`,
      block,
    );
  }
  for (const port of portsToBind(block)) await verifyBind(block, port);
}

function* portsToBind({ startPort, numberOfPorts }: PortBlock): Generator<number> {
  const step = Math.max(1, numberOfPorts / mostBinds);
  for (let offset = 0; offset < numberOfPorts; offset += step) yield startPort + Math.floor(offset);
  if (step > 1) yield lastPortOf({ startPort, numberOfPorts });
}

async function verifyBind(block: PortBlock, port: number): Promise<void> {
  const attempts = await tryToBind({ protocol: block.protocol, port });
  const errorNumber = attempts.at(-1)?.errorNumber;
  if (errorNumber === undefined || errorNumber === 0) return;
  // A program that has bound the port in the meantime shows that it can be bound.
  if (errorNumber === errorCodes.WSAEADDRINUSE.errorNumber && (await isInUse(block, port))) return;
  throw packageError(
    'ERR_NOT_PROTECTED',
    `Windows refuses to bind ${block.protocol} port ${port} (${errorName(errorNumber)}), though it is excluded: an unlisted reservation is in the way, for instance one of WSL with mirrored networking. Shut WSL down (wsl --shutdown) and try again.`,
    block,
  );
}

async function isInUse({ protocol }: PortBlock, port: number): Promise<boolean> {
  const { listPortOwners } = await import('../calls/port-owners.js');
  return (await listPortOwners({ protocol, port, details: false })).length > 0;
}
