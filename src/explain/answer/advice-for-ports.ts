// SPDX-License-Identifier: MIT
import { advisedCommand } from './advised-command.js';
import { defaultDynamicRange } from '../../common/default-dynamic-range.js';
import type { ExcludedPortRange, PortRange } from '../../common/ports.js';
import type { PortAdvice } from '../port-explanation.js';
import { lengthOf } from '../../common/port-span.js';
import { explainCommand } from './explain-command.js';
import { contains, valueOf, type PortFacts } from '../facts/facts.js';
import { portsOf } from './words.js';

export function anotherPort({ nearbyPort, dynamicRange }: PortFacts): PortAdvice {
  if (nearbyPort === undefined) {
    return { text: 'Use another port, or port 0, which leaves the choice to Windows.', elevated: false };
  }
  const range = valueOf(dynamicRange);
  const warning =
    range && contains(range, nearbyPort)
      ? ` Windows chooses ports for itself from ${portsOf(range)}: one outside of that is safer.`
      : '';
  return { text: `Use another port: ${nearbyPort} could be bound a moment ago.${warning}`, elevated: false };
}

/** Blocks of WinNAT lie where Windows chooses ports from, which some programs have set to all ports from 1024 on. */
export function resetDynamicRange({ dynamicRange, port, protocol }: PortFacts): PortAdvice | undefined {
  const range = valueOf(dynamicRange);
  if (!range || range.startPort >= defaultDynamicRange.startPort || !contains(range, port)) return undefined;
  const { startPort, numberOfPorts } = defaultDynamicRange;
  return {
    text: `Find the root of it: on this machine Windows chooses ports from ${portsOf(range)}, and not from ${portsOf(defaultDynamicRange)} as it does by default. Set that back.`,
    commands: ['ipv4', 'ipv6'].map(
      (family) => `netsh int ${family} set dynamicport ${protocol} start=${startPort} num=${numberOfPorts}`,
    ),
    elevated: true,
    cost: 'It holds from the next restart of Windows on.',
  };
}

export function bindOrdinarily(): PortAdvice {
  return { text: 'Listen on it in the ordinary way, by its number.', elevated: false };
}

export function deleteExclusion(range: ExcludedPortRange): PortAdvice {
  const { protocol, startPort } = range;
  const width = lengthOf(range);
  return {
    text: 'To reserve it instead, delete the exclusion first.',
    commands: [
      `netsh int ipv4 delete excludedportrange protocol=${protocol} startport=${startPort} numberofports=${width} store=persistent`,
    ],
    call: `deleteExcludedPortRange({ protocol: '${protocol}', startPort: ${startPort}, numberOfPorts: ${width} })`,
    elevated: true,
    cost: 'Windows may choose its ports for itself as long as they are not reserved.',
  };
}

export function bindWithReservation(
  { elevated, port, protocol }: PortFacts,
  block: PortRange | undefined,
): PortAdvice | undefined {
  if (!block) return undefined;
  const { startPort, numberOfPorts } = block;
  const numbers = `{ protocol: '${protocol}', startPort: ${startPort}, numberOfPorts: ${numberOfPorts} }`;
  const listen = protocol === 'tcp' ? 'listen(server' : 'bind(socket';
  const run = valueOf(elevated) === true ? 'Listen' : 'Run the program elevated, and listen';
  return {
    text: `${run} with the reservation, if it was made for this program.`,
    call: `${listen}, await PersistentPortReservation.lookup(${numbers}), { port: ${port} })`,
    elevated: true,
  };
}

export function deleteReservation({ protocol }: PortFacts, { startPort, numberOfPorts }: PortRange): PortAdvice {
  return {
    text: 'Delete the reservation, if nobody needs it any more.',
    commands: [advisedCommand(`delete ${protocol} ${startPort} ${numberOfPorts}`)],
    elevated: true,
    cost: 'The program that it was made for can lose its ports to others.',
  };
}

export function useOwnReservation({ port, protocol }: PortFacts): PortAdvice {
  const listen = protocol === 'tcp' ? 'listen(server' : 'bind(socket';
  return {
    text: 'Listen with the reservation, or release it first.',
    call: `${listen}, reservation, { port: ${port} })`,
    elevated: false,
  };
}

export function tryLater(): PortAdvice {
  return {
    text: 'Try again later: another port would be refused in the same way. If that lasts, restart Windows.',
    elevated: false,
  };
}

export function shutDownWsl(): PortAdvice {
  return {
    text: 'If WSL runs, shut it down and try again.',
    commands: ['wsl --shutdown'],
    elevated: false,
    cost: 'It ends every Linux distribution, and Docker Desktop where that runs in WSL.',
  };
}

export function leaveMirroredMode(): PortAdvice {
  return {
    text: 'To have WSL leave the ports of Windows alone for good, set networkingMode=nat under [wsl2] in %UserProfile%\\.wslconfig, and shut WSL down.',
    commands: ['wsl --shutdown'],
    elevated: false,
    cost: 'Linux programs have an address of their own again, and what relies on mirrored networking stops working.',
  };
}

export function seeRanges({ protocol, ranges }: PortFacts): PortAdvice | undefined {
  if (ranges.known) return undefined;
  return {
    text: 'See whether it lies in a range that Windows has reserved, one without a star.',
    commands: [`netsh int ipv4 show excludedportrange protocol=${protocol}`],
    elevated: false,
  };
}

export function findSocket({ port, protocol }: PortFacts): PortAdvice {
  const isTcp = protocol === 'tcp';
  return {
    text: isTcp
      ? 'Look for a socket that is bound and does not listen: the state is BOUND, the last column the process.'
      : 'Look for a socket on the port; the last column is the process.',
    commands: [`netstat ${isTcp ? '-anoq' : '-ano'} | findstr /C:":${port} "`],
    elevated: false,
  };
}

/** The ports of virtual machines and containers are told to elevated processes only. */
export function explainElevated({ guests, host, port, protocol }: PortFacts): PortAdvice | undefined {
  if (!guests || guests.known) return undefined;
  const command = explainCommand({ host, port, protocol });
  return {
    text: 'Ask again in an elevated shell: Windows tells the ports of WSL and of containers there.',
    ...(command !== undefined && { commands: [command] }),
    elevated: true,
  };
}

/** An elevated process may delete every exclusion, and no range without a star. */
export function isNoExclusion({ elevated, refusal }: PortFacts): boolean {
  return valueOf(elevated) === true && refusal?.call.startsWith('netsh') === true;
}

export function seeExclusions({ protocol }: PortFacts): PortAdvice {
  return {
    text: 'See whether the range has a star: those without one are no exclusions, and cannot be deleted as such.',
    commands: [`netsh int ipv4 show excludedportrange protocol=${protocol}`],
    elevated: false,
  };
}

export function runElevated({ refusal }: PortFacts): PortAdvice {
  return refusal?.call.startsWith('WSAIoctl') === true
    ? {
        text: 'Run this program elevated: as a service, or in a shell opened with "Run as administrator". One that is not can have a RuntimePortReservation, or a port that is excluded instead of reserved.',
        elevated: true,
      }
    : {
        text: 'Do it once in an elevated process: an installer, or a shell opened with "Run as administrator".',
        elevated: true,
      };
}

export function runAsRoot(): PortAdvice {
  return { text: 'Run the program as root.', elevated: true };
}

export function atEveryAddress(): PortAdvice {
  return {
    text: 'Leave the host out, to listen on every address, or name one that this machine has.',
    commands: ['ipconfig'],
    elevated: false,
  };
}
