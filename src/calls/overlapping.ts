// SPDX-License-Identifier: MIT
import { advisedCommand } from '../common/advised-command.js';
import { PortReservationError } from '../common/errors.js';
import { contains, overlaps, portsText } from '../common/port-ranges.js';
import type { ExcludedPortRange, PortBlock, Protocol } from '../common/ports.js';
import { processName } from '../common/printable.js';
import { likelyHolder } from '../common/usual-ranges.js';
import { isPersistent } from './is-persistent.js';
import { listLiveBlocks } from './live-blocks.js';
import { listPortOwners, type PortOwner } from './port-owners.js';

/** The plan of the caller for the block: no port can be both reserved and excluded. */
export type Purpose = 'reserve' | 'exclude';

type ListRanges = (options: { protocol: Protocol }) => Promise<ExcludedPortRange[]>;

/**
 * Adds what overlaps the block to the error. ERROR_SHARING_VIOLATION and WSAEADDRINUSE mean a reservation in the way or
 * a port in use; the list of ranges and the table of sockets tell which. The hint names the command to run next.
 */
export async function nameWhatOverlaps(
  error: PortReservationError,
  block: PortBlock,
  purpose: Purpose,
  listRanges: ListRanges,
): Promise<PortReservationError> {
  const { protocol, startPort, numberOfPorts } = block;
  const ranges = await listRanges({ protocol }).catch(() => undefined);
  if (!ranges) return error;
  const blocks = ranges.filter((range) => overlaps(range, block));
  const inTheWay = blocks.find(({ administered }) => !administered) ?? blocks[0];
  const owner = inTheWay ? undefined : await findOwner(block);
  const names = blocks.map((range) => `${portsText(range)}${range.administered ? ' (administered)' : ''}`);
  const reason = inTheWay
    ? `The block overlaps reserved ports: ${names.join(', ')}.`
    : owner
      ? `No listed reservation overlaps the block, but port ${owner.port} is in use by ${processName(owner.processId, owner.imageName)}.`
      : 'No listed reservation overlaps the block: one of its ports is in use, or reserved without being listed, as by WSL.';
  const { code, errno, syscall } = error;
  const known = inTheWay && !inTheWay.administered ? await hintAboutKnown(inTheWay, block) : undefined;
  const hint = inTheWay
    ? (known ?? hintAbout(inTheWay, block, purpose))
    : owner
      ? nextStep(protocol, owner.port)
      : error.hint;
  return new PortReservationError(`${error.message} ${reason}`, {
    ...{ code, errno, syscall, hint, protocol, startPort, numberOfPorts },
    blocks,
    cause: error,
  });
}

async function findOwner(block: PortBlock): Promise<PortOwner | undefined> {
  const owners = await listPortOwners({ protocol: block.protocol }).catch(() => []);
  return owners.find(({ port, processId }) => contains(block, port) && processId !== 0);
}

/** Says how to use or free a range whose holder is known: a reservation of this process, or a persistent one. */
async function hintAboutKnown(range: ExcludedPortRange, { protocol }: PortBlock): Promise<string | undefined> {
  const name = portsText(range);
  const own = listLiveBlocks().some((live) => live.protocol === protocol && overlaps(live, range));
  if (own) return `This process has acquired ${name} itself: use that reservation, or release it first.`;
  if (!(await isPersistent(range).catch(() => false))) return undefined;
  const words = `delete ${protocol} ${range.startPort} ${range.numberOfPorts}`;
  return `${name} is a persistent reservation: ensure() with exactly these ports finds it, and this command deletes it: ${advisedCommand(words)}`;
}

/** Names who has most likely reserved the ports in the way, and the command to run next. */
function hintAbout(range: ExcludedPortRange, block: PortBlock, purpose: Purpose): string {
  const { protocol, startPort, numberOfPorts } = block;
  const port = Math.max(range.startPort, startPort);
  if (range.administered) {
    return purpose === 'reserve'
      ? `An administrator excluded ${portsText(range)}, and nothing can be reserved on top of that. ${nextStep(protocol, port)}`
      : `An administrator has already excluded ${portsText(range)}. ${protectStep(block)}`;
  }
  const holder = likelyHolder(range);
  const who =
    holder === undefined
      ? `A part of Windows or another program has reserved ${portsText(range)}.`
      : `${holder} has most likely reserved ${portsText(range)}, for Hyper-V, WSL or Docker.`;
  const isToProtect = purpose === 'exclude' && holder === 'WinNAT';
  return `${who} ${isToProtect ? protectStep({ protocol, startPort, numberOfPorts }) : nextStep(protocol, port)}`;
}

function nextStep(protocol: Protocol, port: number): string {
  return `This command says what to do: ${advisedCommand(`explain ${protocol} ${port}`)}`;
}

/** `protect` excludes the rest of a block, and stops WinNAT for it where the user allows that. */
function protectStep({ protocol, startPort, numberOfPorts }: PortBlock): string {
  const words = ['protect', protocol, startPort, ...(numberOfPorts === 1 ? [] : [numberOfPorts])].join(' ');
  return `This command excludes what is left of the block, and asks before it stops WinNAT: ${advisedCommand(words)}`;
}
