// SPDX-License-Identifier: MIT
import { advisedCommand } from '../common/advised-command.js';
import { extendError, isCallFailure, PortReservationError } from '../common/errors.js';
import { contains, portsText } from '../common/port-ranges.js';
import type { PortRange, Protocol } from '../common/ports.js';
import { processName } from '../common/printable.js';
import { ntohs } from './byte-order.js';
import type { NativeBinding, PortOwnerRow } from './native-binding.js';
import { ipProtocol } from './winsock.js';
import { lookUp } from './look-up.js';

/** The answer of Windows when it is asked about a refusal. */
interface Why {
  readonly reason: string;
  readonly hint: string;
}

/** Each of these may be the answer for a port that is taken, and for a block whose ports are all taken. */
const taken = new Set<string>(['WSAENOBUFS', 'WSAEADDRINUSE', 'WSAEACCES']);

/** A reservation inside which a socket is to be bound. */
interface Reservation {
  readonly protocol: Protocol;
  /** Undefined for a socket that is bound outside every reservation. */
  readonly token: bigint | undefined;
  readonly startPort?: number | undefined;
  readonly numberOfPorts?: number | undefined;
  /** The process of a runtime reservation. */
  readonly processId?: number | undefined;
}

/**
 * Adds to an error what the number alone does not say: which ports of the block are in use and by whom, or that the token is
 * not valid any more. Windows is asked for that only after its refusal.
 */
export async function withReason(
  binding: NativeBinding,
  reservation: Reservation,
  port: number,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof PortReservationError)) return error;
  const why = await findWhy(binding, reservation, port, error).catch(() => undefined);
  return why ? extendError(error, { hint: why.hint }, why.reason) : error;
}

async function findWhy(
  binding: NativeBinding,
  reservation: Reservation,
  port: number,
  { code, syscall }: PortReservationError,
): Promise<Why | undefined> {
  const block = blockOf(reservation);
  if (syscall?.startsWith('WSAIoctl(SIO_ASSOCIATE') === true && code === 'WSAEINVAL') {
    // A runtime reservation has tokens of its own.
    return block && reservation.processId === undefined ? whyUnknown(binding, reservation, block) : undefined;
  }
  if (syscall !== 'bind' || !taken.has(code)) return undefined;
  const rows = await binding.listPortOwners(ipProtocol[reservation.protocol], 0);
  return isCallFailure(rows) ? undefined : whyTaken(rows, reservation, block, port);
}

function blockOf({ startPort, numberOfPorts }: Reservation): PortRange | undefined {
  return startPort === undefined || numberOfPorts === undefined ? undefined : { startPort, numberOfPorts };
}

async function whyUnknown(
  binding: NativeBinding,
  { protocol, token }: Reservation,
  block: PortRange,
): Promise<Why | undefined> {
  const found = await lookUp(binding, { protocol, ...block });
  const name = `${protocol} ${portsText(block)}`;
  if (isCallFailure(found)) {
    return {
      reason: `Windows has no persistent reservation of exactly ${name}.`,
      hint: 'Call PersistentPortReservation.ensure() to reserve it again. If the token is of a runtime reservation, it works only in the process that acquired it, and until that one releases it.',
    };
  }
  if (found === token) return undefined;
  return {
    reason: `The token of ${name} is ${found} by now.`,
    hint: 'The token of a persistent reservation changes with each restart of Windows: call PersistentPortReservation.lookup() at each start, and store no token.',
  };
}

function whyTaken(
  rows: readonly PortOwnerRow[],
  { protocol, token }: Reservation,
  block: PortRange | undefined,
  port: number,
): Why | undefined {
  const inside = rows.filter((row) => block && contains(block, ntohs(row.portNetworkOrder)));
  const inUse = new Set(inside.map((row) => ntohs(row.portNetworkOrder))).size;
  const isFull = inUse === block?.numberOfPorts;
  const name = block && `${protocol} ${portsText(block)}`;
  if (isFull) {
    const all = inUse === 1 ? `The only port of ${name} is` : `All ${inUse} ports of ${name} are`;
    return {
      reason: `${all} in use, by ${namesOf(inside)}.`,
      hint: 'Close a server or socket that is bound inside the block, or reserve a larger block: a reservation cannot grow.',
    };
  }
  if (port === 0) {
    if (!block) return undefined;
    const used = `${inUse} of ${block.numberOfPorts} ports of ${name} ${inUse === 1 ? 'is' : 'are'}`;
    return {
      reason: `${used} in use, so the block is not full.`,
      hint: 'Windows is short of buffers, or refuses the other ports without listing who has them: close sockets that are no longer needed, then try again.',
    };
  }
  const owners = rows.filter((row) => ntohs(row.portNetworkOrder) === port);
  if (owners.length === 0 && token !== undefined) return undefined;
  if (owners.length === 0) {
    return {
      reason: 'No process is listed at this port.',
      hint: `The port is most likely reserved. This command says by what: ${advisedCommand(`explain ${protocol} ${port}`)}`,
    };
  }
  return {
    reason: `Port ${port} is in use by ${namesOf(owners)}.`,
    hint: 'Close that socket, name another port, or name none: Windows then takes a free one.',
  };
}

/** Names the processes, this one in words; at most three. */
function namesOf(rows: readonly PortOwnerRow[]): string {
  const names = new Set(
    rows.map(({ processId, imageName }) =>
      processId === process.pid ? 'this process' : processName(processId, imageName),
    ),
  );
  const [first = '', second, third, ...more] = names;
  const shown = [first, second, third].filter((name) => name !== undefined);
  return shown.join(', ') + (more.length === 0 ? '' : ` and ${more.length} more`);
}
