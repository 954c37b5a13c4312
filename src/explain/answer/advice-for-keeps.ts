// SPDX-License-Identifier: MIT
import { advisedCommand } from '../../common/advised-command.js';
import type { PortAdvice } from '../port-explanation.js';
import type { PortFacts } from '../facts/facts.js';

// When WinNAT stops, it gives its ports back. When it starts, it takes other ports, and avoids those that are taken by then.
const stop = 'net stop winnat';
const start = 'net start winnat';
// A running WSL has no network after WinNAT was started again either (microsoft/WSL#9418, microsoft/WSL#9272).
const shutDown = 'wsl --shutdown';
const cost =
  'WinNAT stops for a moment. Quit Docker Desktop and shut WSL down first, and start both again afterwards: if they keep running, they have no network even when WinNAT is back. Restart virtual machines and Windows Sandbox too.';

/** The holder of the port now: no one, WinNAT, or possibly WinNAT. */
type Holder = 'free' | 'winnat' | 'maybe-winnat';

const conditions: Record<Holder, string> = {
  free: ' It lies in the dynamic range, so Windows may give it to another program one day.',
  winnat: '',
  'maybe-winnat': ' This helps if the range belongs to WinNAT.',
};

/**
 * Offers the two ways to keep the port for good. They exclude each other: an excluded port cannot be reserved
 * (microsoft/msquic#2891), and a reserved port cannot be bound without its reservation. The exclusion comes first, unless the
 * refused call was to reserve the port.
 */
export function keepPort(facts: PortFacts, holder: Holder): [best: PortAdvice, other: PortAdvice] {
  const [protect, reserve] = [protectPort(facts, holder), reservePort(facts, holder)];
  return isReserving(facts) ? [reserve, protect] : [protect, reserve];
}

function isReserving({ refusal }: PortFacts): boolean {
  return refusal?.call.startsWith('CreatePersistent') === true;
}

function protectPort({ protocol, port }: PortFacts, holder: Holder): PortAdvice {
  const isFree = holder === 'free';
  const how = isFree
    ? ''
    : '. This stops WinNAT, excludes the port and starts WinNAT again (with --just-now it excludes nothing and waits until your program listens)';
  return {
    text: `Keep ${port} for programs that listen without a reservation, elevated or not: protect it${how}.${conditions[holder]} Never protect a port that a program wants to reserve: an excluded port cannot be reserved.`,
    commands: [advisedCommand(`protect ${protocol} ${port}`)],
    call: `protectPorts({ protocol: '${protocol}', startPort: ${port}, numberOfPorts: 1 })`,
    elevated: true,
    ...(!isFree && { cost }),
  };
}

function reservePort({ protocol, port }: PortFacts, holder: Holder): PortAdvice {
  const isFree = holder === 'free';
  const reserve = advisedCommand(`create ${protocol} ${port} 1`);
  return {
    text: `Keep ${port} for a program that runs elevated and listens with this package: reserve it${isFree ? '' : ' while WinNAT is stopped'}, and do not protect it.${conditions[holder]}`,
    commands: isFree ? [reserve] : [shutDown, stop, reserve, start],
    call: `PersistentPortReservation.ensure({ protocol: '${protocol}', startPort: ${port}, numberOfPorts: 1 })`,
    elevated: true,
    ...(!isFree && { cost }),
  };
}
