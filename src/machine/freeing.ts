// SPDX-License-Identifier: MIT
import { ancestorIds, readProcessTable, type ProcessTable } from '../calls/owner-details.js';
import { listPortOwners, type PortOwner } from '../calls/port-owners.js';
import { packageError, type PortReservationError } from '../common/errors.js';
import type { Protocol } from '../common/ports.js';
import { adviceText, ownerName, portName } from '../explain/answer/words.js';
import { explainPort } from '../explain/explain-port.js';
import { tryToBind } from '../explain/facts/trial-bind.js';
import { forPorts } from './for-ports.js';
import type { FreedPort } from './freed-port.js';
import { endDescendants, endIfThere, type EndedProcess } from './process-tree.js';
import type { MachineTools } from './tools.js';
import { waitFor } from './wait.js';
import { whyKeep } from './why-keep.js';
import { stopService } from './winnat.js';

export interface PortToFree {
  readonly protocol: Protocol;
  readonly port: number;
}

/** The processes to end and the services to stop, so that a port is free. */
export interface FreeingPlan extends PortToFree {
  /** Everything that has the port, connections included. */
  readonly owners: readonly PortOwner[];
  /** The processes to end. */
  readonly processes: readonly ProcessToEnd[];
  /** The services to stop. */
  readonly services: readonly string[];
}

export interface ProcessToEnd extends EndedProcess {
  readonly owner: PortOwner;
}

/** How long a process may take to give its port back after its end: Windows first finishes what it has asked a driver for. */
const freeLimitMs = 15_000;

/**
 * Finds out what has to be ended.
 *
 * @throws PortReservationError ERR_PROCESS_KEPT where an owner must not be ended, ERR_PORT_NOT_FREE where no process has the
 * port and it cannot be bound.
 */
export async function planFreeing(port: PortToFree): Promise<FreeingPlan> {
  const owners = (await listPortOwners(port)).filter(isRunning);
  if (owners.length === 0) {
    await checkBindable(port);
    return { ...port, owners, processes: [], services: [] };
  }
  const byProcess = [...new Map(owners.map((owner) => [owner.processId, owner])).values()];
  const table = await readProcessTable([process.pid, ...byProcess.map(({ processId }) => processId)]);
  const ancestors = ancestorIds(process.pid, table, false);
  for (const owner of byProcess) {
    const reason = whyKeep(owner, { own: process.pid, ancestors });
    if (reason !== undefined) throw packageError('ERR_PROCESS_KEPT', reason, aboutOwner(port, owner));
  }
  const isService = ({ serviceNames }: PortOwner): boolean => serviceNames.length > 0;
  return {
    ...port,
    owners,
    processes: byProcess.filter((owner) => !isService(owner)).map((owner) => toEnd(owner, table)),
    services: [...new Set(byProcess.flatMap(({ serviceNames }) => serviceNames))],
  };
}

function isRunning({ processId }: PortOwner): boolean {
  return processId !== 0;
}

/** Windows refuses to end a process of which it does not tell when it was created, and says why. */
function toEnd(owner: PortOwner, { descriptions }: ProcessTable): ProcessToEnd {
  const { processId } = owner;
  return { owner, processId, createdAt: descriptions.get(processId)?.createdAt ?? 0n };
}

export function stopsServices({ services }: FreeingPlan): boolean {
  return services.length > 0;
}

/** The error for a service that the caller has not allowed to be stopped. */
export function serviceError(plan: FreeingPlan): PortReservationError {
  const names = plan.services.join(', ');
  const owner = plan.owners.find(({ serviceNames }) => serviceNames.length > 0);
  const hint = `The service ${names} uses ${portName(plan)}. Allow it to be stopped with the option stopServices.`;
  return packageError('ERR_PROCESS_KEPT', hint, owner ? aboutOwner(plan, owner) : {});
}

export interface FreeingOptions {
  readonly tree: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Ends what the plan names, as far as it still has the port, and waits until the port can be bound. */
export function runFreeing(
  plan: FreeingPlan,
  tools: Pick<MachineTools, 'clock' | 'services'>,
  options: FreeingOptions,
): Promise<FreedPort> {
  const { protocol, port } = plan;
  return forPorts({ protocol, startPort: port }, `${portName({ protocol, port })} was not freed.`, () =>
    freeAsPlanned(plan, tools, options),
  );
}

async function freeAsPlanned(
  plan: FreeingPlan,
  tools: Pick<MachineTools, 'clock' | 'services'>,
  { tree, signal }: FreeingOptions,
): Promise<FreedPort> {
  const { protocol, port, owners, services } = plan;
  signal?.throwIfAborted();
  for (const name of services) await stopService(tools, name, { signal });
  // Proves that the process of which the plan knows the time of creation is the one that has the port.
  const current = new Set((await listPortOwners({ protocol, port, details: false })).map(({ processId }) => processId));
  const ended: EndedProcess[] = [];
  for (const each of plan.processes.filter(({ processId }) => current.has(processId))) {
    if (await endIfThere(each)) ended.push(each);
    if (tree) ended.push(...(await endDescendants(each)));
  }
  if (owners.length > 0) await waitUntilFree(plan, tools, signal);
  const endedProcessIds = ended.map(({ processId }) => processId);
  return { protocol, port, owners, endedProcessIds, stoppedServices: services };
}

async function waitUntilFree(
  { protocol, port, owners }: FreeingPlan,
  { clock }: Pick<MachineTools, 'clock'>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const before = new Set(owners.map(({ processId }) => processId));
  const isFree = await waitFor(
    async () => {
      const current = (await listPortOwners({ protocol, port })).filter(isRunning);
      const successor = current.find(({ processId }) => !before.has(processId));
      if (successor) throw succeeded({ protocol, port }, successor);
      return current.length === 0 && (await isBindable({ protocol, port })) ? true : undefined;
    },
    { clock, limitMs: freeLimitMs, signal },
  );
  if (isFree) return;
  const [owner] = (await listPortOwners({ protocol, port })).filter(isRunning);
  if (!owner) return checkBindable({ protocol, port });
  const hint = `${ownerName(owner)} still has ${portName({ protocol, port })}, ${freeLimitMs / 1000} seconds after its end. A driver may still work for it: wait a minute and try again, or restart Windows.`;
  throw packageError('ERR_PORT_NOT_FREE', hint, aboutOwner({ protocol, port }, owner));
}

/** The error for a process that took the port as soon as it was free, as a supervisor lets its program do. */
function succeeded(port: PortToFree, owner: PortOwner): PortReservationError {
  const [parent] = owner.parents ?? [];
  const starter =
    parent === undefined
      ? ' Stop what starts it again first, for instance PM2, nodemon or a service.'
      : ` ${parent.imageName} (process ${parent.processId}) started it: stop that first.`;
  const hint = `${ownerName(owner)} took ${portName(port)} at once.${starter}`;
  return packageError('ERR_PORT_NOT_FREE', hint, aboutOwner(port, owner));
}

async function isBindable(port: PortToFree): Promise<boolean> {
  return (await tryToBind(port)).at(-1)?.errorNumber === 0;
}

/** @throws PortReservationError ERR_PORT_NOT_FREE with the reason. */
async function checkBindable({ protocol, port }: PortToFree): Promise<void> {
  const { bindable, sentence, advice } = await explainPort({ protocol, port });
  if (bindable) return;
  const [first] = advice;
  const hint = [sentence, ...(first ? [adviceText(first)] : [])].join(' ');
  throw packageError('ERR_PORT_NOT_FREE', hint, { protocol, startPort: port });
}

function aboutOwner({ protocol, port }: PortToFree, { processId }: PortOwner) {
  return { protocol, startPort: port, processId };
}
