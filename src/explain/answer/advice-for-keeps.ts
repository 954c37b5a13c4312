// SPDX-License-Identifier: MIT
import { advisedCommand } from './advised-command.js';
import type { PortAdvice } from '../port-explanation.js';
import type { PortFacts } from '../facts/facts.js';

// WinNAT takes other ports after each start. It gives those back that it has when it is stopped, and starts around what
// others have by then.
const stop = 'net stop winnat';
const start = 'net start winnat';
const cost = 'WSL, Docker and Hyper-V have no network until WinNAT is started again.';

/** Who has the port now: nobody, WinNAT, or WinNAT maybe. */
type Holder = 'free' | 'winnat' | 'maybe-winnat';

const conditions: Record<Holder, string> = {
  free: ' It is one of those that Windows chooses from, so that somebody else may get it one day.',
  winnat: '',
  'maybe-winnat': ' This helps if the range is one of WinNAT.',
};

/**
 * How to keep the port for good, in the two ways that exclude each other: a port that is excluded cannot be reserved
 * (microsoft/msquic#2891), and one that is reserved cannot be bound in the ordinary way.
 */
export function keepPort({ protocol, port }: PortFacts, holder: Holder): PortAdvice[] {
  const isFree = holder === 'free';
  const around = (command: string): string[] => (isFree ? [command] : [stop, command, start]);
  const meanwhile = isFree ? '' : ' while WinNAT is stopped';
  const condition = conditions[holder];
  const common = { elevated: true, ...(!isFree && { cost }) };
  return [
    {
      ...common,
      text: `Keep ${port} for programs that listen in the ordinary way, elevated or not: exclude it${meanwhile}.${condition} Never do so for a program that reserves its port: an excluded port cannot be reserved.`,
      commands: around(
        `netsh int ipv4 add excludedportrange protocol=${protocol} startport=${port} numberofports=1 store=persistent`,
      ),
      call: `addExcludedPortRange({ protocol: '${protocol}', startPort: ${port}, numberOfPorts: 1 })`,
    },
    {
      ...common,
      text: `Keep ${port} for a program that runs elevated and listens with this package: reserve it${meanwhile}, and do not exclude it.${condition}`,
      commands: around(advisedCommand(`create ${protocol} ${port} 1`)),
      call: `PersistentPortReservation.ensure({ protocol: '${protocol}', startPort: ${port}, numberOfPorts: 1 })`,
    },
  ];
}
