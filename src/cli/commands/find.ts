// SPDX-License-Identifier: MIT
import { findFreePorts } from '../../reservations/find-free-ports.js';
import type { Protocol } from '../../common/ports.js';
import type { Outcome } from '../outcome.js';
import { blockText } from '../ports-text.js';

export interface FindOptions {
  readonly protocol: Protocol | 'both';
  readonly number: number;
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly ports?: readonly number[];
  readonly exclude?: readonly number[];
  /** False finds ports that browsers refuse too; true leaves it to the protocol. */
  readonly browserSafe: boolean;
  readonly host?: string;
}

export async function find({ number, browserSafe, ...options }: FindOptions): Promise<Outcome> {
  const { protocol, startPort, numberOfPorts } = await findFreePorts({
    ...options,
    numberOfPorts: number,
    ...(!browserSafe && { browserSafe }),
  });
  const found = { protocol, startPort, numberOfPorts };
  const name = blockText({ ...found, protocol: protocol === 'both' ? 'tcp and udp' : protocol });
  return { data: found, text: (style) => `${style('green', 'free:')} ${name}\n` };
}
