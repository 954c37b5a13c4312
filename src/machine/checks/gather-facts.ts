// SPDX-License-Identifier: MIT
import { existsSync } from 'node:fs';
import path from 'node:path';
import { getDynamicPortRange, listExcludedPortRanges } from '../../calls/excluded-port-ranges.js';
import {
  listGuestPortReservations,
  listPortOwners,
  type GuestPortReservation,
  type PortOwner,
} from '../../calls/port-owners.js';
import { readMaxUserPort } from '../../calls/registry.js';
import type { ServiceState } from '../../calls/services.js';
import type { ExcludedPortRange, PortBlock, PortRange, Protocol } from '../../common/ports.js';
import { factOf, unknownFact } from '../../explain/facts/fact-of.js';
import { valueOf, type Fact } from '../../explain/facts/facts.js';
import { inTurn } from '../../explain/facts/in-turn.js';
import { tryToBind } from '../../explain/facts/trial-bind.js';
import { explainingNodeOptions } from '../../explain/node-options.js';
import { packageRoot } from '../../package-root.js';
import { getBinding, isElevated } from '../../windows/binding.js';
import { installed } from '../../windows/installed-windows.js';
import { findObstacles, isAt, type Obstacle } from '../obstacles.js';
import { systemTools } from '../system-tools.js';
import { stateOf } from '../winnat.js';
import { askWsl, type WslFacts } from './wsl-facts.js';

/** Everything that the checks are made from, gathered at once. Each fact can fail by itself. */
export interface MachineFacts {
  /** The TCP ports to look at, in ascending order. */
  readonly ports: readonly number[];
  /** Whether a simulated Windows answers. */
  readonly simulated: boolean;
  readonly addon: Fact<true>;
  readonly elevated: Fact<boolean>;
  readonly ranges: Fact<readonly ExcludedPortRange[]>;
  readonly dynamicRanges: readonly DynamicRangeFact[];
  readonly maxUserPort: Fact<number | undefined>;
  readonly owners: Fact<readonly PortOwner[]>;
  /** Undefined if this version of Windows does not list them. */
  readonly guests: Fact<readonly GuestPortReservation[] | undefined>;
  /** Everything that is in the way of the ports. */
  readonly obstacles: Fact<readonly Obstacle[]>;
  /** The ports without an obstacle at which a test bind was refused. */
  readonly refused: Fact<readonly RefusedPort[]>;
  /** The file names of the programs that run. */
  readonly programs: Fact<readonly string[]>;
  readonly services: Readonly<Record<CheckedService, Fact<ServiceState | undefined>>>;
  /** Undefined where there is no wsl.exe. */
  readonly wsl: Fact<WslFacts | undefined>;
  readonly node: NodeFacts;
}

export interface DynamicRangeFact {
  readonly protocol: Protocol;
  readonly family: 4 | 6;
  readonly range: Fact<PortRange>;
}

export interface RefusedPort {
  readonly port: number;
  readonly errorNumber: number;
}

/** The services by their names; the state of one that is not installed is undefined. */
export type CheckedService = 'winnat' | 'hns' | 'http';

export interface NodeFacts {
  /** As in `process.versions.node`. */
  readonly version: string;
  /** The value of NODE_OPTIONS; empty where it is not set. */
  readonly options: string;
  /** The value to set; undefined where the file that it names is not there. */
  readonly explainingOptions: string | undefined;
}

/** Asks everything at once. netsh and wsl.exe have time limits of their own. */
export async function gatherFacts(ports: readonly number[]): Promise<MachineFacts> {
  const protocol = 'tcp';
  const [ranges, owners, guests] = await Promise.all([
    ask(() => listExcludedPortRanges({ protocol })),
    ask(() => listPortOwners({ protocol })),
    ask(listGuestPortReservations),
  ]);
  const obstacles = await findObstaclesAt(ports, { ranges, owners, guests });
  const [dynamicRanges, maxUserPort, refused, programs, winnat, hns, http, wsl, elevated, addon] = await Promise.all([
    Promise.all(stacks.map(askForDynamicRange)),
    ask(readMaxUserPort),
    obstacles.known ? ask(() => findRefused(ports, obstacles.value)) : obstacles,
    ask(() => systemTools.listPrograms()),
    ask(() => stateOf(systemTools.services, 'winnat')),
    ask(() => stateOf(systemTools.services, 'hns')),
    ask(() => stateOf(systemTools.services, 'http')),
    ask(askWsl),
    ask(() => Promise.resolve(isElevated())),
    ask(() => Promise.resolve(getBinding()).then((): true => true)),
  ]);
  return {
    ports,
    simulated: installed.length > 0,
    ...{ addon, elevated, ranges, dynamicRanges, maxUserPort, owners, guests, obstacles, refused, programs, wsl },
    services: { winnat, hns, http },
    node: nodeFacts(),
  };
}

async function ask<Value>(question: () => Promise<Value>): Promise<Fact<Value>> {
  try {
    return { known: true, value: await question() };
  } catch (error) {
    return unknownFact(error);
  }
}

/** The limit of all test binds together, each of which takes a moment. */
const bindLimitMs = 5000;

const protocols: readonly Protocol[] = ['tcp', 'udp'];
const families = [4, 6] as const;
const stacks = protocols.flatMap((protocol) => families.map((family) => ({ protocol, family })));

async function askForDynamicRange(stack: Omit<DynamicRangeFact, 'range'>): Promise<DynamicRangeFact> {
  return { ...stack, range: await ask(() => getDynamicPortRange(stack)) };
}

async function findObstaclesAt(
  ports: readonly number[],
  { ranges, owners, guests }: Pick<MachineFacts, 'ranges' | 'owners' | 'guests'>,
): Promise<Fact<readonly Obstacle[]>> {
  if (!ranges.known) return ranges;
  if (!owners.known) return owners;
  const there = { ranges: ranges.value, owners: owners.value, guests: valueOf(guests) ?? [] };
  return ask(() => findObstacles(ports.map(blockOf), there));
}

function blockOf(port: number): PortBlock {
  return { protocol: 'tcp', startPort: port, numberOfPorts: 1 };
}

/** Makes a test bind at each port that has no obstacle: WSL with mirrored networking holds ports that no list shows. */
async function findRefused(ports: readonly number[], obstacles: readonly Obstacle[]): Promise<RefusedPort[]> {
  const free = ports.filter((port) => !obstacles.some((obstacle) => isAt(obstacle, port)));
  const deadline = performance.now() + bindLimitMs;
  const refused: RefusedPort[] = [];
  for (const port of free) {
    // Gives up on a test bind that hangs, so that others get their turn.
    const attempts = await inTurn(() => factOf(() => tryToBind({ protocol: 'tcp', port }), deadline));
    if (!attempts.known) throw new Error(attempts.why);
    const errorNumber = attempts.value.at(-1)?.errorNumber ?? 0;
    if (errorNumber !== 0) refused.push({ port, errorNumber });
  }
  return refused;
}

function nodeFacts(): NodeFacts {
  const { NODE_OPTIONS: options = '' } = process.env;
  return { version: process.versions.node, options, explainingOptions: findExplainingOptions() };
}

/** A program that bundled the package has no preload to name. */
function findExplainingOptions(): string | undefined {
  try {
    const preload = path.join(packageRoot(), 'dist', 'explain', 'preload.cjs');
    return existsSync(preload) ? explainingNodeOptions('', preload) : undefined;
  } catch {
    return undefined;
  }
}
