// SPDX-License-Identifier: MIT
import { contains } from '../common/port-ranges.js';
import { printable } from '../common/printable.js';
import type { ExcludedPortRange, PortRange, Protocol } from '../common/ports.js';
import type { GuestPortReservation, PortOwner } from '../calls/port-owners.js';
import { adviceOf } from './answer/advice.js';
import { diagnose, type Diagnosis } from './answer/diagnosis.js';
import { sentenceOf } from './answer/sentence.js';
import { barePortName } from './answer/words.js';
import { printableAdvice } from './explain.js';
import { rangeOf, type Fact, type PortFacts } from './facts/facts.js';
import type { PortExplanation } from './port-explanation.js';

/** The lists of Windows for one protocol. */
export interface PortLists {
  readonly protocol: Protocol;
  readonly dynamicPortRange: PortRange;
  readonly ranges: readonly ExcludedPortRange[];
  /** The ranges that are persistent reservations. */
  readonly persistent: readonly PortRange[];
  readonly owners: readonly PortOwner[];
  readonly guests: readonly Omit<GuestPortReservation, 'protocol'>[];
  readonly elevated: boolean;
}

/** The part of an explanation that needs no test bind. */
export type ListedExplanation = Pick<PortExplanation, 'cause' | 'sentence' | 'advice'>;

/**
 * Explains a port from the lists alone. For a port that is in none of them this can only say so: Windows may still refuse it,
 * and a test bind alone would tell.
 */
export function explainListed(lists: PortLists, port: number): ListedExplanation {
  const facts = factsFrom(lists, port);
  const diagnosis = diagnoseListed(facts);
  const { cause } = diagnosis;
  const sentence =
    cause === 'free'
      ? `${barePortName(facts)} is in no list of Windows, so it is most likely free.`
      : sentenceOf(diagnosis, facts);
  return { cause, sentence: printable(sentence), advice: adviceOf(diagnosis, facts).map(printableAdvice) };
}

function diagnoseListed(facts: PortFacts): Diagnosis {
  const found = diagnose(facts);
  if (found.cause !== 'not-listed') return found;
  const range = rangeOf(facts);
  return { ...found, cause: range ? 'administered-range' : 'free', bindable: true };
}

function factsFrom({ protocol, ...lists }: PortLists, port: number): PortFacts {
  const inUse = lists.owners.filter(({ state }) => state !== 'TIME_WAIT');
  const range = lists.ranges.find((each) => contains(each, port));
  const persistent = lists.persistent.find((each) => contains(each, port));
  return {
    protocol,
    port,
    attempts: { known: false, why: 'No test bind was made.' },
    ranges: known(lists.ranges),
    dynamicRange: known(lists.dynamicPortRange),
    owners: known(inUse.filter((owner) => owner.port === port)),
    elevated: known(lists.elevated),
    processId: process.pid,
    platform: 'win32',
    persistent: known(persistent && { protocol, ...persistent }),
    neighbors: known(range ? inUse.filter((owner) => contains(range, owner.port)) : []),
    guests: known(lists.guests.map((guest) => ({ ...guest, protocol }))),
  };
}

function known<Value>(value: Value): Fact<Value> {
  return { known: true, value };
}
