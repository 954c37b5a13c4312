// SPDX-License-Identifier: MIT
import { contains, maxPort } from '../../common/port-ranges.js';
import type { ExcludedPortRange } from '../../common/ports.js';
import { listPortOwners } from '../../calls/port-owners.js';
import { factOf, type Deadline } from './fact-of.js';
import type { PortQuestion } from './facts.js';
import { inTurn } from './in-turn.js';
import { tryToBind } from './trial-bind.js';

// Each step is twice as long as the one before, so that a few steps get past the 4096 ports of a mirrored WSL.
const maximalTries = 14;

/** Finds the first port after this one (or before it, near the end) that is in no list, not in use, and can be bound. */
export async function findNearbyPort(
  question: PortQuestion,
  ranges: readonly ExcludedPortRange[],
  deadline: Deadline,
): Promise<number | undefined> {
  for (const port of candidates(question.port, ranges)) {
    // Gives up on a test bind that hangs, so that others get their turn.
    const isFree = await inTurn(() => factOf(() => isBindable({ ...question, port }), deadline));
    if (!isFree.known) break;
    if (isFree.value) return port;
  }
  return undefined;
}

async function isBindable(question: PortQuestion): Promise<boolean> {
  const attempts = await tryToBind(question);
  if (attempts.at(-1)?.errorNumber !== 0) return false;
  const { protocol, port } = question;
  const owners = await listPortOwners({ protocol, port });
  return owners.length === 0;
}

/** Ports outside every range, at most {@link maximalTries}. */
export function* candidates(port: number, ranges: readonly ExcludedPortRange[]): Generator<number> {
  const seen = new Set<number>();
  for (let exponent = 0; exponent < maximalTries; exponent += 1) {
    const distance = 2 ** exponent;
    const candidate = leave(port + distance, 1, ranges) ?? leave(port - distance, -1, ranges);
    if (candidate === undefined || seen.has(candidate)) continue;
    seen.add(candidate);
    yield candidate;
  }
}

/** Finds the next port in this direction that lies in no range. */
function leave(port: number, direction: 1 | -1, ranges: readonly ExcludedPortRange[]): number | undefined {
  const around = ranges.find((range) => contains(range, port));
  if (around) return leave(direction === 1 ? around.endPort + 1 : around.startPort - 1, direction, ranges);
  // Ports below 1024 belong to well-known services, and other systems than Windows keep them for root.
  return port >= 1024 && port <= maxPort ? port : undefined;
}
