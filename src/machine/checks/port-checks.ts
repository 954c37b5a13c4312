// SPDX-License-Identifier: MIT
import type { PortOwner } from '../../calls/port-owners.js';
import { contains, lengthOf, portsText, type PortSpan } from '../../common/port-ranges.js';
import { printable } from '../../common/printable.js';
import { defaultDynamicRange } from '../../common/usual-ranges.js';
import { advisedCommand } from '../../common/advised-command.js';
import { systemProcessId } from '../../explain/answer/range-holder.js';
import { errorName, ownerName } from '../../explain/answer/words.js';
import { valueOf } from '../../explain/facts/facts.js';
import type { PortAdvice } from '../../explain/port-explanation.js';
import type { MachineCheck } from '../machine-check.js';
import { isAt, type Obstacle } from '../obstacles.js';
import type { MachineFacts } from './gather-facts.js';
import { listOf, portList } from './words.js';

type PortFacts = Pick<MachineFacts, 'ports' | 'obstacles' | 'refused' | 'ranges'>;

/** Finds what is in the way of listening on the ports. An ordinary server on one of them is not. */
export function portChecks({ ports, obstacles, refused, ranges }: PortFacts): MachineCheck[] {
  const name = 'ports';
  if (ports.length === 0) return [{ name, state: 'ok', sentence: 'No port was named.' }];
  if (!obstacles.known) {
    return [{ name, state: 'unknown', sentence: `Could not check ${portList(ports)}: ${obstacles.why}` }];
  }
  const found = obstacles.value.flatMap((obstacle) => {
    const check = obstacleCheck(
      obstacle,
      ports.filter((port) => isAt(obstacle, port)),
    );
    return check === undefined ? [] : [check];
  });
  const failed: MachineCheck[] = refused.known
    ? refused.value.map(({ port, errorNumber }) => ({
        name,
        state: 'warning',
        sentence: `Windows refused a test bind of ${portList([port])} with ${errorName(errorNumber)}, though no list says why: the reason is most often WSL with mirrored networking.`,
        advice: explain([port]),
      }))
    : [{ name, state: 'unknown', sentence: `No test bind could be made: ${refused.why}` }];
  const checks = [...found, ...failed, ...dynamicPorts(ports, ranges)];
  if (checks.length > 0) return checks;
  return [{ name, state: 'ok', sentence: `No reservation is in the way of ${portList(ports)}.` }];
}

function obstacleCheck(obstacle: Obstacle, ports: readonly number[]): MachineCheck | undefined {
  const name = 'ports';
  const which = portList(ports);
  const lies = ports.length === 1 ? 'lies' : 'lie';
  switch (obstacle.kind) {
    case 'winnat':
      return {
        name,
        state: 'problem',
        sentence: `${which} ${lies} in ${portsText(obstacle.range)}, most likely a block of WinNAT for Hyper-V, WSL or Docker: no program can listen there.`,
        advice: protectInBlock(ports),
      };
    case 'container':
      return {
        name,
        state: 'warning',
        sentence: `${which} is reserved as a single port, as are ports that containers publish.`,
        advice: {
          text: 'Find the container.',
          commands: ports.map((port) => `docker ps --filter publish=${port}`),
          elevated: false,
        },
      };
    case 'persistent':
      return {
        name,
        state: 'warning',
        sentence: `${which} ${lies} in the persistent reservation ${portsText(obstacle.range)}: only programs that use that reservation can listen there.`,
        advice: explain(ports),
      };
    case 'system':
    case 'program':
      return {
        name,
        state: 'warning',
        sentence: `${which} ${lies} in ${portsText(obstacle.range)}, which ${nameOf(obstacle.owner)} has reserved.`,
        advice: explain(ports),
      };
    case 'guest':
      return {
        name,
        state: 'warning',
        sentence: `${which} ${lies} in ${portsText(obstacle.range)}, which a virtual machine or a container has reserved, for instance WSL with mirrored networking.`,
        advice: explain(ports),
      };
    case 'unknown':
      return {
        name,
        state: 'problem',
        sentence: `${which} ${lies} in ${portsText(obstacle.range)}, which a part of Windows or a program has reserved: no other program can listen there.`,
        advice: explain(ports),
      };
    case 'in-use':
      return obstacle.owner.processId === systemProcessId
        ? { name, state: 'warning', sentence: `${which} belongs to ${nameOf(obstacle.owner)}.`, advice: explain(ports) }
        : undefined;
  }
}

/** Ports of the usual dynamic range, which only protection keeps from Windows and WinNAT. */
function dynamicPorts(ports: readonly number[], ranges: MachineFacts['ranges']): MachineCheck[] {
  const listed = valueOf(ranges) ?? [];
  const open = ports.filter(
    (port) => contains(defaultDynamicRange, port) && !listed.some((range) => contains(range, port)),
  );
  if (open.length === 0) return [];
  return [
    {
      name: 'ports',
      state: 'warning',
      sentence: `${portList(open)} ${open.length === 1 ? 'lies' : 'lie'} in the dynamic range, so Windows or WinNAT may take ${open.length === 1 ? 'it' : 'them'}.`,
      advice: protect(open, open.length === 1 ? 'Protect the port.' : 'Protect the ports.'),
    },
  ];
}

/** One command for all ports of the block, because WinNAT is stopped for each command. No program has a port in between. */
function protectInBlock(ports: readonly number[]): PortAdvice {
  const range = { startPort: ports[0] ?? 0, endPort: ports.at(-1) ?? 0 };
  const whole = lengthOf(range) === ports.length ? '' : `, with the ports between them, which lie in the same block`;
  const what = ports.length === 1 ? 'the port' : `them all at once${whole}`;
  return {
    text: `Protect ${what}. The command asks before it stops WinNAT for a moment.`,
    commands: [protectCommand(range)],
    elevated: true,
  };
}

function protect(ports: readonly number[], text: string): PortAdvice {
  return { text, commands: runsOf(ports).map(protectCommand), elevated: true };
}

function protectCommand(range: PortSpan): string {
  const length = lengthOf(range);
  return advisedCommand(['protect tcp', range.startPort, ...(length === 1 ? [] : [length])].join(' '));
}

/** Joins consecutive ports, which are in ascending order. */
function runsOf(ports: readonly number[]): PortSpan[] {
  const runs: PortSpan[] = [];
  for (const port of ports) {
    const last = runs.at(-1);
    if (last?.endPort === port - 1) runs[runs.length - 1] = { startPort: last.startPort, endPort: port };
    else runs.push({ startPort: port, endPort: port });
  }
  return runs;
}

function explain(ports: readonly number[]): PortAdvice {
  const commands = ports.map((port) => advisedCommand(`explain tcp ${port}`));
  return { text: 'Ask why, and what to do.', commands, elevated: false };
}

function nameOf(owner: PortOwner): string {
  return printable(ownerName(owner));
}

/** The ports that virtual machines hold, which only an elevated process is told. */
export function guestPortsCheck({ guests, ports }: Pick<MachineFacts, 'guests' | 'ports'>): MachineCheck {
  const name = 'guest-ports';
  if (!guests.known) {
    return {
      name,
      state: 'unknown',
      sentence: `The ports that virtual machines, containers and WSL with mirrored networking reserve could not be listed: ${guests.why}`,
      advice: {
        text: 'Ask again in an elevated process.',
        commands: [advisedCommand(['doctor', ...ports].join(' '))],
        elevated: true,
      },
    };
  }
  if (guests.value === undefined) {
    return { name, state: 'unknown', sentence: 'This version of Windows does not list the ports of virtual machines.' };
  }
  const all = listOf(
    guests.value.map((guest) => `${guest.protocol === 'both' ? 'tcp and udp' : guest.protocol} ${portsText(guest)}`),
  );
  const sentence =
    all === '' ? 'No virtual machine has reserved ports.' : `Virtual machines or containers have reserved ${all}.`;
  return { name, state: 'ok', sentence };
}
