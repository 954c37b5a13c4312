// SPDX-License-Identifier: MIT
import type { PortOwner } from '../../calls/port-owners.js';
import { contains, maxPort } from '../../common/port-ranges.js';
import { anyPlace, defaultDynamicRange } from '../../common/usual-ranges.js';
import { markListed, portsToAvoid } from '../../search/known-ports.js';
import { PortMap } from '../../search/port-map.js';
import { searchFreePorts } from '../../search/search-windows.js';
import { unsafePorts } from '../../search/unsafe-ports.js';
import { factOf, type Deadline } from './fact-of.js';
import { valueOf, type Fact, type PortFacts, type PortQuestion } from './facts.js';
import { inTurn } from './in-turn.js';
import { tryToBind } from './trial-bind.js';

/** Ends the search. The steps of the search double, so that a few binds get past the 4096 ports of a mirrored WSL. */
const maximalBinds = 24;

/** How far before a range that the search avoids it begins. */
const distance = 1000;

type KnownFacts = PortQuestion &
  Pick<PortFacts, 'ranges' | 'dynamicRange'> & {
    /** The sockets on all ports of the protocol. */
    readonly table: Fact<readonly PortOwner[]>;
  };

/**
 * Finds a port to offer instead, as `findFreePorts` does: the first one after this port that is in no list, that no socket
 * uses, that browsers do not refuse, and that can be bound. For a port that Windows or WSL may take again, the search begins
 * before the whole range.
 */
export async function findNearbyPort(facts: KnownFacts, deadline: Deadline): Promise<number | undefined> {
  const { port, table } = facts;
  if (!table.known) return undefined;
  const avoided = portsToAvoid([valueOf(facts.dynamicRange) ?? defaultDynamicRange]);
  const range = avoided.find((each) => contains(each, port));
  const ports = new PortMap();
  markListed(ports, valueOf(facts.ranges) ?? [], table.value);
  for (const unwanted of [port, ...unsafePorts]) ports.mark(unwanted, 'unwanted');

  let binds = 0;
  const giveUp = new Error();
  try {
    return await searchFreePorts<number>({
      bounds: anyPlace,
      numberOfPorts: 1,
      ports,
      avoided,
      begin: { port: range ? Math.max(anyPlace.startPort, range.startPort - distance) : Math.min(port + 1, maxPort) },
      isFree: async (candidate) => {
        binds += 1;
        if (binds > maximalBinds) throw giveUp;
        // Gives up on a test bind that hangs, so that others get their turn.
        const isFree = await inTurn(() => factOf(() => isBindable({ ...facts, port: candidate }), deadline));
        if (!isFree.known) throw giveUp;
        return isFree.value;
      },
      claim: (startPort) => Promise.resolve({ result: startPort }),
    });
  } catch (error) {
    if (error === giveUp) return undefined;
    throw error;
  }
}

async function isBindable(question: PortQuestion): Promise<boolean> {
  const attempts = await tryToBind(question);
  return attempts.at(-1)?.errorNumber === 0;
}
