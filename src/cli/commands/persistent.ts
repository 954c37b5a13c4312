// SPDX-License-Identifier: MIT
import { persistentCalls } from '../../calls/persistent-calls.js';
import { PersistentPortReservation, wasCreated } from '../../reservations/persistent.js';
import type { PortBlock } from '../../common/ports.js';
import type { Outcome } from '../outcome.js';
import { blockText } from '../ports-text.js';

// Does what the four sample programs in the Windows documentation do, and `ensure`.

export async function create(block: PortBlock): Promise<Outcome> {
  const { token } = await PersistentPortReservation.create(block);
  return {
    data: { ...block, token },
    text: (style) => `${style('green', 'reserved')} ${blockText(block)}, token ${token}\n`,
  };
}

export async function lookup(block: PortBlock): Promise<Outcome> {
  const { token } = await PersistentPortReservation.lookup(block);
  return {
    data: { ...block, token },
    text: (style) => `${style('green', 'found')} ${blockText(block)}, token ${token}\n`,
  };
}

export async function ensure(block: PortBlock): Promise<Outcome> {
  const reservation = await PersistentPortReservation.ensure(block);
  const { token } = reservation;
  const created = wasCreated(reservation);
  return {
    data: { ...block, token, created },
    text: (style) => `${style('green', created ? 'reserved' : 'found')} ${blockText(block)}, token ${token}\n`,
  };
}

/** `delete`. */
export async function remove(block: PortBlock): Promise<Outcome> {
  await persistentCalls[block.protocol].delete(block.startPort, block.numberOfPorts);
  return { data: { ...block }, text: (style) => `${style('green', 'deleted')} ${blockText(block)}\n` };
}
