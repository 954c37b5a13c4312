// SPDX-License-Identifier: MIT
import { packageError } from '../common/errors.js';

/**
 * Names the runtime where it is not Node: `Bun 1.4.5`. Both say that they are a version of Node too.
 *
 * @param versions - Default those of this process.
 */
export function otherRuntime(
  versions: Readonly<Record<string, string | undefined>> = process.versions,
): string | undefined {
  const { bun, deno } = versions;
  if (bun !== undefined) return `Bun ${bun}`;
  return deno === undefined ? undefined : `Deno ${deno}`;
}

/**
 * Refuses to hand a socket to a runtime that cannot take one: the sockets of Bun have no handle that could, and Deno on
 * Windows takes a socket that is to listen for a connection, and then listens on a port that nobody asked for.
 */
export function checkTakesSockets(): void {
  const runtime = otherRuntime();
  if (runtime === undefined) return;
  throw packageError(
    'ERR_ADOPTION_FAILED',
    `This is ${runtime}, which cannot take over a socket that was opened elsewhere: listen, bind and connect need Node. ` +
      'The rest does without: the calls of Windows, ReservationSocket, exclusions, findFreePorts and explainPort.',
  );
}
