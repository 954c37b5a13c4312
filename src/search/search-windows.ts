// SPDX-License-Identifier: MIT
import type { PortRange } from '../common/ports.js';
import type { PortMap } from './port-map.js';
import { lastPortOf, lengthOf, type PortSpan } from '../common/port-ranges.js';

/** The outcome of claiming a whole window: the result, or a port of the window that is in the way. */
export type Claim<Result> = { readonly result: Result } | { readonly obstacle: number };

export interface FreePortSearch<Result> {
  /** The ports to search. */
  readonly bounds: PortSpan;
  /** The length of the window, that is, the number of consecutive ports to find. */
  readonly numberOfPorts: number;
  /** The state of the ports by the lists; the search adds its own findings. */
  readonly ports: PortMap;
  /** Ports to take only when nothing else is left. */
  readonly avoided: readonly PortRange[];
  /** Where to start; default at the lowest port. The search comes to the ports before that in the end. */
  readonly begin?: Begin | undefined;
  /** The first ports of windows to try before all others, in this order. */
  readonly preferred?: readonly number[] | undefined;
  /** Whether a preferred window may contain administered ports, which can be bound but not reserved. */
  readonly mayBeAdministered?: boolean | undefined;
  /** Tells whether a port is free, which only a bind can show. */
  isFree(port: number): Promise<boolean>;
  /** Takes a window of which every port is free. */
  claim(startPort: number): Promise<Claim<Result>>;
}

/** The port, or a number from 0 to 1 exclusive that chooses one of the windows. */
export type Begin = { readonly port: number } | { readonly choice: number };

/** The number of binds to run at the same time. */
const groupSize = 8;
/** The number of windows in a row that may end with a refused port before the search skips ports. */
const patience = 8;

/**
 * Finds consecutive free ports, wherever they are in the bounds.
 *
 * A listed port costs no bind, and a port that was bound once is not bound again. The search tries the last port of
 * each window first: if it is refused, the next possible window begins behind it, so that crossing a refused region
 * costs one bind per window instead of one per port (the idea of Boyer and Moore). In a long refused region, such as
 * the 4096 ports that WSL with mirrored networking holds and no list shows, the steps double. Before the search gives
 * up, a second pass tries the skipped and the refused ports.
 */
export async function searchFreePorts<Result>(search: FreePortSearch<Result>): Promise<Result | undefined> {
  const found =
    (await claimPreferred(search)) ?? (await searchTwice(search, search.avoided)) ?? (await searchTwice(search, []));
  return found?.result;
}

async function claimPreferred<Result>(search: FreePortSearch<Result>): Promise<{ result: Result } | undefined> {
  const { preferred = [], mayBeAdministered = false } = search;
  const pass = { skips: false, refused: [], mayBeAdministered };
  for (const startPort of preferred) {
    const claim = await claimWindow(search, startPort, pass);
    if ('result' in claim) return claim;
  }
  // Another process may have used one for the moment of a bind.
  for (const port of pass.refused) search.ports.mark(port, 'unknown');
  return undefined;
}

async function searchTwice<Result>(
  search: FreePortSearch<Result>,
  avoided: readonly PortRange[],
): Promise<{ result: Result } | undefined> {
  const refused: number[] = [];
  const found = await searchOnce(search, avoided, { skips: true, refused, mayBeAdministered: false });
  if (found) return found;
  // Another search may have had them bound for a moment.
  for (const port of refused) search.ports.mark(port, 'unknown');
  return searchOnce(search, avoided, { skips: false, refused: [], mayBeAdministered: false });
}

interface Pass {
  /** Whether to skip ports in a long refused region. */
  readonly skips: boolean;
  /** The ports that were refused. */
  readonly refused: number[];
  readonly mayBeAdministered: boolean;
}

async function searchOnce<Result>(
  search: FreePortSearch<Result>,
  avoided: readonly PortRange[],
  pass: Pass,
): Promise<{ result: Result } | undefined> {
  const { ports, bounds, numberOfPorts, begin } = search;
  const runs = ports.runs(bounds, avoided).filter((run) => lengthOf(run) >= numberOfPorts);
  for (const run of begin ? turnRound(runs, numberOfPorts, begin) : runs) {
    const found = await searchRun(search, run, pass);
    if (found) return found;
  }
  return undefined;
}

/** Rotates the runs so that they start at the given window. */
function turnRound(runs: readonly PortSpan[], numberOfPorts: number, begin: Begin): PortSpan[] {
  const windowsIn = (run: PortSpan): number => lengthOf(run) - numberOfPorts + 1;
  const count = (windows: (run: PortSpan) => number): number => runs.reduce((sum, run) => sum + windows(run), 0);
  const all = count(windowsIn);
  let window =
    'choice' in begin
      ? Math.floor(begin.choice * all)
      : count((run) => Math.min(Math.max(begin.port - run.startPort, 0), windowsIn(run)));
  if (window >= all) return [...runs];
  for (const [index, run] of runs.entries()) {
    if (window < windowsIn(run)) {
      const startPort = run.startPort + window;
      const before = { startPort: run.startPort, endPort: lastPortOf({ startPort, numberOfPorts }) - 1 };
      return [{ startPort, endPort: run.endPort }, ...runs.slice(index + 1), ...runs.slice(0, index), before];
    }
    window -= windowsIn(run);
  }
  return [];
}

async function searchRun<Result>(
  search: FreePortSearch<Result>,
  run: PortSpan,
  pass: Pass,
): Promise<{ result: Result } | undefined> {
  const { numberOfPorts } = search;
  const lastStart = run.endPort - numberOfPorts + 1;
  let refusals = 0;
  for (let startPort = run.startPort; startPort <= lastStart;) {
    const claim = await claimWindow(search, startPort, pass);
    if ('result' in claim) return claim;
    // Every window that starts at or before the obstacle contains it.
    const next = claim.obstacle + 1;
    if (next > lastStart) return undefined;
    refusals = claim.obstacle === lastPortOf({ startPort, numberOfPorts }) ? refusals + 1 : 0;
    const skipped = pass.skips && refusals > patience ? numberOfPorts * (2 ** (refusals - patience) - 1) : 0;
    // Try the last window of the run before leaving it.
    startPort = Math.min(next + skipped, lastStart);
  }
  return undefined;
}

async function claimWindow<Result>(
  search: FreePortSearch<Result>,
  startPort: number,
  pass: Pass,
): Promise<Claim<Result>> {
  const { ports, numberOfPorts } = search;
  const refuse = (port: number): void => {
    ports.mark(port, 'refused');
    pass.refused.push(port);
  };

  const window = portsFromLast({ startPort, numberOfPorts });
  const isAllowed = (port: number): boolean => pass.mayBeAdministered && ports.isAdministered(port);
  const known = window.find((port) => ports.isTaken(port) && !isAllowed(port));
  if (known !== undefined) return { obstacle: known };
  const unknown = window.filter((port) => ports.isUnknown(port) || isAllowed(port));
  const refused = await findRefused(unknown, async (port) => {
    const isFree = await search.isFree(port);
    if (isFree) ports.mark(port, ports.isAdministered(port) ? 'administered' : 'free');
    else refuse(port);
    return isFree;
  });
  if (refused !== undefined) return { obstacle: refused };
  const claim = await search.claim(startPort);
  if ('obstacle' in claim) refuse(claim.obstacle);
  return claim;
}

/** Lists the ports of a block, last port first. */
export function portsFromLast(block: PortRange): number[] {
  return Array.from({ length: block.numberOfPorts }, (_, index) => lastPortOf(block) - index);
}

/**
 * Finds the first refused port. It tries the first port alone, because that may settle it, and then a group at a time.
 */
export async function findRefused(
  ports: readonly number[],
  isFree: (port: number) => Promise<boolean>,
): Promise<number | undefined> {
  for (let begin = 0, end = 1; begin < ports.length; begin = end, end += groupSize) {
    const group = ports.slice(begin, end);
    const outcomes = await Promise.allSettled(group.map(isFree));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    const refused = outcomes.findIndex((outcome) => outcome.status === 'fulfilled' && !outcome.value);
    if (refused !== -1) return group[refused];
  }
  return undefined;
}
