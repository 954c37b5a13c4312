// SPDX-License-Identifier: MIT
import { listExcludedPortRanges } from '../calls/excluded-port-ranges.js';
import { PortReservationError } from '../common/errors.js';
import { installedCommand } from '../common/installed-command.js';
import { overlaps, portsText } from '../common/port-ranges.js';
import type { ExcludedPortRange, PortBlock } from '../common/ports.js';
import { likelyHolder } from '../common/usual-ranges.js';

/**
 * Adds what overlaps the block to the error. ERROR_SHARING_VIOLATION and WSAEADDRINUSE mean a reservation in the way or
 * a port in use; the list of ranges tells which.
 */
export async function nameWhatOverlaps(error: PortReservationError, block: PortBlock): Promise<PortReservationError> {
  const { protocol, startPort, numberOfPorts } = block;
  const ranges = await listExcludedPortRanges({ protocol }).catch(() => undefined);
  if (!ranges) return error;
  const blocks = ranges.filter((range) => overlaps(range, block));
  const names = blocks.map((range) => `${portsText(range)}${range.administered ? ' (administered)' : ''}`);
  const reason =
    blocks.length > 0
      ? `The block overlaps reserved ports: ${names.join(', ')}.`
      : 'No listed reservation overlaps the block: one of its ports is in use, or reserved without being listed, as WSL does.';
  const { code, errno, syscall } = error;
  const inTheWay = blocks.find(({ administered }) => !administered) ?? blocks[0];
  const hint = inTheWay ? hintAbout(inTheWay, block) : error.hint;
  return new PortReservationError(`${error.message} ${reason}`, {
    ...{ code, errno, syscall, hint, protocol, startPort, numberOfPorts },
    blocks,
    cause: error,
  });
}

/** Names who has most likely reserved the ports in the way, and the command to run next. */
function hintAbout(range: ExcludedPortRange, { protocol, startPort }: PortBlock): string {
  const holder = likelyHolder(range);
  const who = range.administered
    ? `An administrator excluded ${portsText(range)}, and nothing can be reserved on top of that.`
    : holder === undefined
      ? `A part of Windows or another program has reserved ${portsText(range)}.`
      : `${holder} has most likely reserved ${portsText(range)}, for Hyper-V, WSL or Docker.`;
  const port = Math.max(range.startPort, startPort);
  return `${who} This command says what to do: ${installedCommand} explain ${protocol} ${port}`;
}

/** Adds what overlaps the block that could not be acquired; any other error is returned as it is. */
export async function nameIfTaken(error: unknown): Promise<unknown> {
  if (!(error instanceof PortReservationError) || error.code !== 'WSAEADDRINUSE') return error;
  const { protocol, startPort, numberOfPorts } = error;
  // Windows was to choose the ports.
  if (protocol === undefined || startPort === undefined || numberOfPorts === undefined) return error;
  return nameWhatOverlaps(error, { protocol, startPort, numberOfPorts });
}
