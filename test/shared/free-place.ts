// SPDX-License-Identifier: MIT
import { once } from 'node:events';
import net from 'node:net';

/**
 * Chooses a port at random, below those that systems give out, for which the host has the ports at these offsets free.
 *
 * @param offsets - From the chosen port.
 */
export async function findPlace(offsets: readonly number[]): Promise<number> {
  for (;;) {
    const place = 16_000 + Math.floor(Math.random() * 14_000);
    const free = await Promise.all(offsets.map((offset) => isFree(place + offset)));
    if (free.every(Boolean)) return place;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = net.createServer();
  try {
    await once(server.listen(port), 'listening');
  } catch {
    return false;
  }
  await once(server.close(), 'close');
  return true;
}
