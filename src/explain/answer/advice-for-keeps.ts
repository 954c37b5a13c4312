// SPDX-License-Identifier: MIT
import { advisedCommand } from './advised-command.js';
import type { PortAdvice } from '../port-explanation.js';
import type { PortFacts } from '../facts/facts.js';

// When WinNAT stops, it gives its ports back. When it starts, it takes other ports, and avoids those that are taken by then.
const stop = 'net stop winnat';
const start = 'net start winnat';
const cost = 'WSL, Docker and Hyper-V have no network until WinNAT is started again.';

/** The holder of the port now: no one, WinNAT, or possibly WinNAT. */
type Holder = 'free' | 'winnat' | 'maybe-winnat';

const conditions: Record<Holder, string> = {
  free: ' It lies in the dynamic range, so Windows may give it to another program one day.',
  winnat: '',
  'maybe-winnat': ' This helps if the range belongs to WinNAT.',
};

/**
 * Offers the two ways to keep the port for good. They exclude each other: an excluded port cannot be reserved
 * (microsoft/msquic#2891), and a reserved port cannot be bound without its reservation.
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
      text: `Keep ${port} for programs that listen without a reservation, elevated or not: exclude it${meanwhile}.${condition} Never exclude a port that a program wants to reserve: an excluded port cannot be reserved.`,
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
