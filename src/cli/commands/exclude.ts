// SPDX-License-Identifier: MIT
import { addExcludedPortRange, deleteExcludedPortRange } from '../../calls/excluded-port-ranges.js';
import type { PortBlock } from '../../common/ports.js';
import type { Outcome } from '../outcome.js';
import { blockText } from '../ports-text.js';

export async function addExclusion(block: PortBlock): Promise<Outcome> {
  await addExcludedPortRange(block);
  return { data: { ...block }, text: (style) => `${style('green', 'excluded')} ${blockText(block)}\n` };
}

export async function deleteExclusion(block: PortBlock): Promise<Outcome> {
  await deleteExcludedPortRange(block);
  return { data: { ...block }, text: (style) => `${style('green', 'no longer excluded:')} ${blockText(block)}\n` };
}
