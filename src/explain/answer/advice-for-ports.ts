// SPDX-License-Identifier: MIT
import { advisedCommand } from '../../common/advised-command.js';
import { defaultDynamicRange } from '../../common/usual-ranges.js';
import { contains, portsText } from '../../common/port-ranges.js';
import type { ExcludedPortRange, PortRange, Protocol } from '../../common/ports.js';
import type { PortAdvice } from '../port-explanation.js';
import { explainCommand } from './explain-command.js';
import { valueOf, type PortFacts } from '../facts/facts.js';

export function anotherPort({ nearbyPort, dynamicRange }: PortFacts): PortAdvice {
  if (nearbyPort === undefined) {
    return { text: 'Use another port, or port 0 to let Windows choose one.', elevated: false };
  }
  const range = valueOf(dynamicRange);
  const warning =
    range && contains(range, nearbyPort)
      ? ` Windows chooses dynamic ports from ${portsText(range)}; a port outside that range is safer.`
      : '';
  return { text: `Use another port: ${nearbyPort} was free when checked.${warning}`, elevated: false };
}

/** WinNAT takes its blocks from the dynamic range, which some programs have widened to begin at 1024. */
export function resetDynamicRange({ dynamicRange, maxUserPort, port, protocol }: PortFacts): PortAdvice | undefined {
  const range = valueOf(dynamicRange);
  if (!range || range.startPort >= defaultDynamicRange.startPort || !contains(range, port)) return undefined;
  const setting = valueOf(maxUserPort);
  const cause = 'the registry value MaxUserPort, which Exchange and some other programs set,';
  const widened =
    setting === undefined
      ? maxUserPort?.known === true
        ? ''
        : ` If the range is as wide again after a restart, ${cause} widens it.`
      : ` Also delete the registry value MaxUserPort (now ${setting}), or Windows widens the range again at each restart. On an Exchange server, leave it: Exchange needs it.`;
  return {
    text: `Fix the root cause: on this machine Windows chooses dynamic ports from ${portsText(range)} instead of the default ${portsText(defaultDynamicRange)}. Set the default again.${widened}`,
    commands: [
      ...([4, 6] as const).map((family) => commandToReset(protocol, family)),
      ...(setting === undefined ? [] : [deleteMaxUserPort]),
    ],
    elevated: true,
    cost: 'It takes effect at the next restart of Windows.',
  };
}

/** Gives the command that sets the usual dynamic range. */
export function commandToReset(protocol: Protocol, family: 4 | 6): string {
  const { startPort, numberOfPorts } = defaultDynamicRange;
  return `netsh int ipv${family} set dynamicport ${protocol} start=${startPort} num=${numberOfPorts}`;
}

/** The command that deletes the value. Windows reads it at each start (nmap/nmap#3499). */
export const deleteMaxUserPort =
  'reg delete "HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters" /v MaxUserPort /f';

export function bindOrdinarily(): PortAdvice {
  return { text: 'Listen on the port by number, without a reservation.', elevated: false };
}

export function deleteExclusion(range: ExcludedPortRange): PortAdvice {
  const { protocol, startPort, numberOfPorts } = range;
  return {
    text: 'To reserve the port, delete the exclusion first.',
    commands: [
      `netsh int ipv4 delete excludedportrange protocol=${protocol} startport=${startPort} numberofports=${numberOfPorts} store=persistent`,
    ],
    call: `deleteExcludedPortRange({ protocol: '${protocol}', startPort: ${startPort}, numberOfPorts: ${numberOfPorts} })`,
    elevated: true,
    cost: 'Until the ports are reserved, Windows may choose them as dynamic ports.',
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
  const run = valueOf(elevated) === true ? 'Listen' : 'Run the program elevated and listen';
  return {
    text: `${run} with the reservation, if it was made for this program.`,
    call: `${listen}, await PersistentPortReservation.lookup(${numbers}), { port: ${port} })`,
    elevated: true,
  };
}

export function deleteReservation({ protocol }: PortFacts, { startPort, numberOfPorts }: PortRange): PortAdvice {
  return {
    text: 'Delete the reservation if no program needs it any more.',
    commands: [advisedCommand(`delete ${protocol} ${startPort} ${numberOfPorts}`)],
    elevated: true,
    cost: 'The program that it was made for can lose its ports to other programs.',
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
    text: 'Try again later; another port would be refused too. If the error persists, restart Windows.',
    elevated: false,
  };
}

/**
 * WSL with mirrored networking reserves each port that a Linux program listens on, and frees it about 60 seconds after the
 * program (GnsPortTracker of WSL).
 */
export function stopLinuxProgram({ protocol }: PortFacts): PortAdvice {
  return {
    text: 'If WSL runs with mirrored networking, find the Linux program that listens on the port, and stop it. Windows gets the port back about a minute later.',
    commands: [`wsl --exec ss ${protocol === 'tcp' ? '-lntp' : '-lnup'}`],
    elevated: false,
  };
}

/** A row of one port is no block of WinNAT, and stopping WinNAT would cut off every container (docker/for-win#1707). */
export function findContainer({ port }: PortFacts): PortAdvice {
  return {
    text: 'If a container publishes the port, stop that container, or publish another port.',
    commands: [`docker ps --filter publish=${port}`],
    elevated: false,
  };
}

export function shutDownWsl(): PortAdvice {
  return {
    text: 'If WSL is running, shut it down and try again.',
    commands: ['wsl --shutdown'],
    elevated: false,
    cost: 'This stops every Linux distribution, and Docker Desktop if it uses WSL.',
  };
}

export function leaveMirroredMode(): PortAdvice {
  return {
    text: 'So that WSL never takes ports of Windows again, set networkingMode=nat under [wsl2] in %UserProfile%\\.wslconfig, then shut WSL down.',
    commands: ['wsl --shutdown'],
    elevated: false,
    cost: 'Linux programs get an address of their own again, and anything that relies on mirrored networking stops working. The setting ignoredPorts does not help: it frees no port for Windows.',
  };
}

export function seeRanges({ protocol, ranges }: PortFacts): PortAdvice | undefined {
  if (ranges.known) return undefined;
  return {
    text: 'Check whether the port lies in a range without a star: such a range is reserved.',
    commands: [`netsh int ipv4 show excludedportrange protocol=${protocol}`],
    elevated: false,
  };
}

export function findSocket({ port, protocol }: PortFacts): PortAdvice {
  const isTcp = protocol === 'tcp';
  return {
    text: isTcp
      ? 'Look for a socket that is bound but not listening: its state is BOUND, and the last column is its process id.'
      : 'Look for a socket on the port; the last column is its process id.',
    commands: [`netstat ${isTcp ? '-anoq' : '-ano'} | findstr /C:":${port} "`],
    elevated: false,
  };
}

/** Sends the user to an elevated shell: Windows lists the ports of virtual machines and containers only there. */
export function explainElevated({ guests, host, port, protocol }: PortFacts): PortAdvice | undefined {
  if (!guests || guests.known) return undefined;
  const command = explainCommand({ host, port, protocol });
  return {
    text: 'Ask again in an elevated shell, where Windows also lists the ports of WSL and of containers.',
    ...(command !== undefined && { commands: [command] }),
    elevated: true,
  };
}

/** Tells whether an elevated process was refused: it may delete every exclusion, so the range had no star. */
export function isNoExclusion({ elevated, refusal }: PortFacts): boolean {
  return valueOf(elevated) === true && refusal?.call.startsWith('netsh') === true;
}

export function seeExclusions({ protocol }: PortFacts): PortAdvice {
  return {
    text: 'Check whether the range has a star. A range without a star is not an exclusion and cannot be deleted as one.',
    commands: [`netsh int ipv4 show excludedportrange protocol=${protocol}`],
    elevated: false,
  };
}

export function runElevated({ refusal }: PortFacts): PortAdvice {
  return refusal?.call.startsWith('WSAIoctl') === true
    ? {
        text: 'Run this program elevated: as a service, or in a shell opened with "Run as administrator". A program that is not elevated can use a RuntimePortReservation, or a port that is excluded instead of reserved.',
        elevated: true,
      }
    : {
        text: 'Do this once in an elevated process: an installer, or a shell opened with "Run as administrator".',
        elevated: true,
      };
}

export function runAsRoot(): PortAdvice {
  return { text: 'Run the program as root.', elevated: true };
}

export function atEveryAddress(): PortAdvice {
  return {
    text: 'Leave the host out to listen on every address, or give an address of this machine.',
    commands: ['ipconfig'],
    elevated: false,
  };
}
