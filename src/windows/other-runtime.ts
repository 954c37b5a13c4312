// SPDX-License-Identifier: MIT
import { packageError } from '../common/errors.js';

/**
 * Names the runtime where it is not Node: `Bun 1.4.5`. Bun and Deno both report a version of Node as well.
 *
 * @param versions - Default `process.versions`.
 */
export function otherRuntime(
  versions: Readonly<Record<string, string | undefined>> = process.versions,
): string | undefined {
  const { bun, deno } = versions;
  if (bun !== undefined) return `Bun ${bun}`;
  return deno === undefined ? undefined : `Deno ${deno}`;
}

/**
 * Refuses to hand a socket to a runtime that cannot take it over. Bun's sockets have no handle that could. Deno on Windows
 * takes a listening socket for a connection, and then listens on a port that the caller did not ask for.
 */
export function checkTakesSockets(): void {
  const runtime = otherRuntime();
  if (runtime === undefined) return;
  throw packageError(
    'ERR_ADOPTION_FAILED',
    `This is ${runtime}, which cannot take over a socket that was opened elsewhere: listen, bind and connect need Node. ` +
      'Everything else works here: the calls of Windows, ReservationSocket, exclusions, findFreePorts and explainPort.',
  );
}
