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

// Other users may be able to write to the folder of a file that the user names. Therefore no file is opened through a
// link, opening never blocks on something that is not a file, and new files get names that cannot be guessed.

// A FIFO would block until a process writes to it. Windows has neither flag, and undefined counts as 0 here.
const readOnly = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Reads the text of a file; returns an empty string if there is no file. */
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

/**
 * Replaces the file in one step, so that a process that is killed halfway leaves the old text and not half of the new
 * text.
 */
export function replaceFile(file: string, content: string): void {
  const next = `${file}.next.${newOwner()}`;
  try {
    writeFileSync(next, content, { flag: 'wx', mode: 0o600 });
    // If the path is a link, this replaces the link itself and leaves its target alone.
    renameSync(next, file);
  } catch (error) {
    removeQuietly(next);
    throw error;
  }
}

/** Removes the files with which killed processes were about to replace the file or its lock. */
export function removeLeftovers(file: string): void {
  const folder = path.dirname(file);
  const beginning = `${path.basename(file)}.`;
  for (const name of readdirSync(folder)) {
    const owner = name.slice(name.lastIndexOf('.') + 1);
    if (name.startsWith(beginning) && isOwner(owner) && !isAlive(owner)) removeQuietly(path.join(folder, name));
  }
}

/** Removes a leftover if possible; one that cannot be removed only takes up space. */
function removeQuietly(leftover: string): void {
  try {
    rmSync(leftover, { recursive: true, force: true });
  } catch {
    // It does no harm.
  }
}
