// SPDX-License-Identifier: MIT
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { codeOf, isAlive, isOwner, newOwner } from './lock-owner.js';

// Others may be able to write in the folder of a file that the user names. So nothing is opened through a link, nothing is
// waited for that is no file, and what is written has a name that nobody can know before.

// A FIFO would block until somebody writes to it. Windows has neither of the two flags, and undefined counts as 0 here.
const readOnly = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** The text of a file; empty where there is none. */
export function readWhole(file: string): string {
  let opened: number;
  try {
    opened = openSync(file, readOnly);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return '';
    throw error;
  }
  try {
    if (!fstatSync(opened).isFile()) throw new Error('it is not a regular file');
    return readFileSync(opened, 'utf8');
  } finally {
    closeSync(opened);
  }
}

/** In one step, so that a process killed half-way leaves the old text rather than half of the new one. */
export function replaceFile(file: string, content: string): void {
  const next = `${file}.next.${newOwner()}`;
  try {
    writeFileSync(next, content, { flag: 'wx', mode: 0o600 });
    // Over a link it puts the file in place of the link, and leaves alone what that points to.
    renameSync(next, file);
  } catch (error) {
    removeQuietly(next);
    throw error;
  }
}

/** Removes what killed processes were about to put in place of the file or of its lock. */
export function removeLeftovers(file: string): void {
  const folder = path.dirname(file);
  const beginning = `${path.basename(file)}.`;
  for (const name of readdirSync(folder)) {
    const owner = name.slice(name.lastIndexOf('.') + 1);
    if (name.startsWith(beginning) && isOwner(owner) && !isAlive(owner)) removeQuietly(path.join(folder, name));
  }
}

/** What cannot be removed takes up room, and nothing else. */
function removeQuietly(leftover: string): void {
  try {
    rmSync(leftover, { recursive: true, force: true });
  } catch {
    // Nobody needs it.
  }
}
