// SPDX-License-Identifier: MIT
import { PortReservationError } from '../../common/errors.js';
import { getDynamicPortRange, listExcludedPortRanges } from '../../calls/excluded-port-ranges.js';
import type { Protocol } from '../../common/ports.js';
import { listGuestPortReservations, listPortOwners } from '../../calls/port-owners.js';
import { tellKinds } from '../range-kinds.js';
import { isElevated } from '../../windows/binding.js';
import type { PortLists } from '../../explain/explain-listed.js';
import { drawPortPicture, type PortPicture } from './port-picture.js';

export interface PortPictures {
  readonly maps: readonly PortPicture[];
  /** The lists that each map was drawn from. */
  readonly lists: readonly PortLists[];
  /** The parts that are missing from the maps, with the reasons. */
  readonly notes: readonly string[];
}

/** Asks Windows for everything that a map shows. Details may be missing. */
export async function readPorts(protocols: readonly Protocol[]): Promise<PortPictures> {
  const notes: string[] = [];
  const optional = async <Item>(what: string, ask: () => Promise<readonly Item[]>): Promise<readonly Item[]> => {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof PortReservationError)) throw error;
      notes.push(`${what} are not shown: ${error.message}`);
      return [];
    }
  };
  const [guests, owners] = await Promise.all([
    optional('ports of virtual machines and containers', async () => (await listGuestPortReservations()) ?? []),
    optional('ports in use', () => listPortOwners(protocols.length === 1 ? { protocol: protocols[0] } : {})),
  ]);
  const elevated = isElevated();
  const read = await Promise.all(
    protocols.map(async (protocol) => {
      const { ranges, notes: rangeNotes } = await tellKinds(await listExcludedPortRanges({ protocol }));
      notes.push(...rangeNotes);
      const sources = {
        protocol,
        dynamicPortRange: await getDynamicPortRange({ protocol }),
        ranges,
        guests: guests.filter((guest) => guest.protocol === protocol || guest.protocol === 'both'),
        owners: owners.filter((owner) => owner.protocol === protocol),
      };
      const persistent = ranges.filter(({ kind }) => kind === 'persistent');
      return { map: drawPortPicture(sources), lists: { ...sources, persistent, elevated } };
    }),
  );
  return { maps: read.map(({ map }) => map), lists: read.map(({ lists }) => lists), notes: [...new Set(notes)] };
}
