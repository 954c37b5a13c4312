// SPDX-License-Identifier: MIT
import { extendError, packageError, type PortReservationError } from '../common/errors.js';
import type { PortBlock } from '../common/ports.js';
import { stopOwner } from '../explain/answer/advice-for-owners.js';
import { advisedCommand } from '../common/advised-command.js';
import { adviceText, otherPortText, ownerName, protocolName } from '../explain/answer/words.js';
import { portsText } from '../common/port-ranges.js';
import { rangesInTheWay, type PortsLook } from './look.js';
import type { CutOff } from './what-is-cut.js';
import { isWinNat, type Obstacle, type WinNatBlock } from './obstacles.js';

/** Why the ports cannot be excluded, whatever the caller consents to; undefined where they can. */
export function refusalOf(look: PortsLook): PortReservationError | undefined {
  const { block, obstacles, unstored } = look;
  const lasting = obstacles.find(isLasting);
  if (lasting) return withRanges(packageError('ERR_PORTS_TAKEN', sentenceOf(lasting, block), block), look);
  const [part] = unstored;
  if (part === undefined) return undefined;
  return packageError(
    'ERR_PORTS_TAKEN',
    `${name(part)} is excluded only until the next restart of Windows. Delete that exclusion, then protect the ports again: netsh int ipv4 delete excludedportrange protocol=${part.protocol} startport=${part.startPort} numberofports=${part.numberOfPorts} store=active`,
    block,
  );
}

/**
 * The error for a block of WinNAT that the caller has not allowed to be freed.
 *
 * @param flags - More flags of the command that frees it.
 */
export function winNatError(
  look: PortsLook,
  cutOff: readonly CutOff[],
  flags: readonly string[] = [],
): PortReservationError {
  const { protocol, startPort, numberOfPorts } = look.block;
  const words = ['protect', protocol, startPort, numberOfPorts, ...flags, '--stop-winnat'];
  const command = advisedCommand(words.join(' '));
  const cost = cutOff.length === 0 ? '' : ` That cuts off: ${cutOff.map((each) => each.name).join(', ')}.`;
  const error = packageError(
    'ERR_WINNAT_BLOCK',
    `WinNAT gives the ports back only when it stops.${cost} Allow it with the option stopWinNat, or in an elevated shell: ${command}`,
    look.block,
  );
  return withRanges(error, look);
}

/** The error for a range that is as wide as a block of WinNAT, while WinNAT does not run. */
export function notOfWinNat(look: PortsLook): PortReservationError {
  const reason = `A part of Windows or a program has reserved ${rangesInTheWay(look).map(portsText).join(', ')}. It is not WinNAT, which is not running. The range becomes free when its holder ends or Windows restarts. ${otherPortText(look.block.protocol, look.block.startPort)}`;
  return withRanges(packageError('ERR_PORTS_TAKEN', reason, look.block), look);
}

function withRanges(error: PortReservationError, look: PortsLook): PortReservationError {
  return extendError(error, { blocks: rangesInTheWay(look) });
}

/** Listens on the ports that Linux containers publish. */
const dockerBackend = 'com.docker.backend.exe';

function sentenceOf(obstacle: Exclude<Obstacle, WinNatBlock>, block: PortBlock): string {
  const { protocol } = block;
  switch (obstacle.kind) {
    case 'in-use':
      if (obstacle.owner.imageName?.toLowerCase() === dockerBackend) {
        return `Docker Desktop publishes ${protocolName(protocol)} port ${obstacle.owner.port} for a container, and Windows excludes only ports that nothing uses. Stop the container, protect the ports, and start it again: docker ps --filter publish=${obstacle.owner.port}`;
      }
      return `${protocolName(protocol)} port ${obstacle.owner.port} is in use by ${ownerName(obstacle.owner)}, and Windows excludes only ports that nothing uses. ${adviceText(stopOwner(obstacle.owner, process.pid))} Then protect the ports and restart the program.`;
    case 'guest':
      return `${protocolName(protocol)} ${portsText(obstacle.range)} belongs to a virtual machine or a container, for instance WSL with mirrored networking. Excluding it would not help. Shut WSL down (wsl --shutdown), then protect the ports.`;
    case 'persistent': {
      const { startPort, numberOfPorts } = obstacle.range;
      const command = advisedCommand(`delete ${protocol} ${startPort} ${numberOfPorts}`);
      return `${name(obstacle.range)} is reserved persistently, for a program that looks the reservation up. If no program needs it any more, delete it in an elevated shell: ${command}`;
    }
    case 'system':
      return `${name(obstacle.range)} is reserved by ${ownerName(obstacle.owner)}. See which URL is registered (netsh http show servicestate), and stop the program or the service that registered it.`;
    case 'program':
      return `${name(obstacle.range)} is most likely reserved by ${ownerName(obstacle.owner)}, which has a socket on port ${obstacle.owner.port}. The range is free when that program ends: close it, then protect the ports.`;
    case 'container':
      return `${name(obstacle.range)} is most likely a published port of a container. WinNAT was not touched. See which container it is (docker ps --filter publish=${obstacle.range.startPort}), stop it, protect the ports, and start it again.`;
    case 'unknown':
      return `${name(obstacle.range)} is reserved by a part of Windows or by a program that could not be identified. It is not a block of WinNAT, which takes 100 ports at a time. The range becomes free when its holder ends or Windows restarts. ${otherPortText(protocol, block.startPort)}`;
  }
}

function isLasting(obstacle: Obstacle): obstacle is Exclude<Obstacle, WinNatBlock> {
  return !isWinNat(obstacle);
}

function name(range: PortBlock): string {
  return `${protocolName(range.protocol)} ${portsText(range)}`;
}
