// SPDX-License-Identifier: MIT
import { contains } from '../../common/port-ranges.js';
import { isOfWindows } from '../../common/usual-ranges.js';
import type { PortAdvice, PortCause } from '../port-explanation.js';
import {
  anotherPort,
  atEveryAddress,
  bindOrdinarily,
  bindWithReservation,
  deleteExclusion,
  deleteReservation,
  explainElevated,
  findContainer,
  findSocket,
  isNoExclusion,
  leaveMirroredMode,
  resetDynamicRange,
  runAsRoot,
  runElevated,
  seeExclusions,
  seeRanges,
  shutDownWsl,
  stopLinuxProgram,
  tryLater,
  useOwnReservation,
} from './advice-for-ports.js';
import { keepPort } from './advice-for-keeps.js';
import { stopOwners } from './advice-for-owners.js';
import { mayBeAboutPort, refusalNumber, type Diagnosis } from './diagnosis.js';
import { valueOf, type PortFacts } from '../facts/facts.js';

type Advise = (diagnosis: Diagnosis, facts: PortFacts) => (PortAdvice | undefined)[];

/** Lists what the user can do, the best way first. */
export function adviceOf(diagnosis: Diagnosis, facts: PortFacts): PortAdvice[] {
  return advice[diagnosis.cause](diagnosis, facts).filter((each) => each !== undefined);
}

const advice: Record<PortCause, Advise> = {
  free: (_, facts) => {
    const dynamicRange = valueOf(facts.dynamicRange);
    // A port that a process uses at another address can be neither excluded nor reserved.
    const isKeepable = (valueOf(facts.owners) ?? []).length === 0;
    const isChosen = dynamicRange && contains(dynamicRange, facts.port);
    return [...(isKeepable && isChosen ? keepPort(facts, 'free') : []), explainElevated(facts)];
  },
  'in-use': ({ owners }, facts) => [...stopOwners(owners, facts), anotherPort(facts)],
  'exclusive-use': ({ owners }, facts) => [...stopOwners(owners, facts), anotherPort(facts)],
  'foreign-range': (diagnosis, facts) => adviseOnRange(diagnosis, facts),
  'administered-range': ({ range }) => [
    bindOrdinarily(),
    range && !isOfWindows(range) ? deleteExclusion(range) : undefined,
  ],
  'persistent-reservation': ({ block }, facts) => [
    bindWithReservation(facts, block),
    anotherPort(facts),
    block && deleteReservation(facts, block),
  ],
  'runtime-reservation': (_, facts) => [useOwnReservation(facts), anotherPort(facts)],
  'guest-reservation': ({ block }, facts) =>
    block?.numberOfPorts === 1
      ? [stopLinuxProgram(facts), anotherPort(facts)]
      : [anotherPort(facts), shutDownWsl(), leaveMirroredMode()],
  'not-listed': (_, facts) => {
    if (!mayBeAboutPort(facts)) return [tryLater()];
    // If the ports of guests are known, those of WSL are among them.
    const isMaybeWsl = refusalNumber(facts) !== undefined && !valueOf(facts.guests);
    return [
      anotherPort(facts),
      seeRanges(facts),
      findSocket(facts),
      ...(isMaybeWsl ? [stopLinuxProgram(facts), shutDownWsl()] : []),
      explainElevated(facts),
    ];
  },
  'not-elevated': (_, facts) => [isNoExclusion(facts) ? seeExclusions(facts) : runElevated(facts)],
  'privileged-port': (_, facts) => [anotherPort(facts), runAsRoot()],
  'address-not-available': () => [atEveryAddress()],
};

const adviseOnRange: Advise = ({ bindable, holder }, facts) => {
  if (bindable) return [];
  if (holder?.kind === 'system') return [...stopOwners([holder.program], facts), anotherPort(facts)];
  if (holder?.kind === 'program') return [anotherPort(facts), ...stopOwners([holder.program], facts)];
  if (holder?.kind === 'container') return [findContainer(facts), anotherPort(facts)];
  const certainty = holder?.kind === 'winnat' ? 'winnat' : 'maybe-winnat';
  const [best, other] = keepPort(facts, certainty);
  return [best, anotherPort(facts), other, resetDynamicRange(facts)];
};
