// SPDX-License-Identifier: MIT
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { codeOf, isAlive, isOwner, newOwner } from './lock-owner.js';

// Other users may be able to write to the folder of a file that the user names. Therefore no file is opened through a
// link, opening never blocks on something that is not a file, and new files get names that cannot be guessed.

// A FIFO would block until a process opens its other end. Windows has neither flag, and undefined counts as 0 here.
const readAndWrite = constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** A file that is open for reading and writing. */
export interface OpenedFile {
  readonly descriptor: number;
  /** In bytes. */
  readonly size: number;
  /** Whether it is as `replaceFile` makes it: only this user can open it, and it has no other name. */
  readonly isOwn: boolean;
}

/** Opens a file; undefined if there is none. */
export function openRegular(file: string): OpenedFile | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, readAndWrite);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') return undefined;
    throw code === 'EISDIR' ? new Error(notRegular, { cause: error }) : error;
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw new Error(notRegular);
    const isPrivate = process.geteuid === undefined || ((stat.mode & 0o77) === 0 && stat.uid === process.geteuid());
    return { descriptor, size: stat.size, isOwn: isPrivate && stat.nlink === 1 };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

const notRegular = 'it is not a regular file';

/** Reads bytes of a file from a place on; fewer if the file is shorter. */
export function bytesFrom({ descriptor }: OpenedFile, start: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const more = readSync(descriptor, bytes, read, length - read, start + read);
    if (more === 0) break;
    read += more;
  }
  return bytes.subarray(0, read);
}

/** Writes text at the place where the file ends, or where its part ends that counts, and nothing if that fails. */
export function appendTo(descriptor: number, text: string, end: number): void {
  const bytes = Buffer.from(text);
  // Remove what a killed process has left of a line: the rest of a longer one would follow this text.
  ftruncateSync(descriptor, end);
  try {
    for (let written = 0; written < bytes.length;) {
      written += writeSync(descriptor, bytes, written, bytes.length - written, end + written);
    }
  } catch (error) {
    // Otherwise the next process removes it.
    truncateQuietly(descriptor, end);
    throw error;
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

function truncateQuietly(descriptor: number, end: number): void {
  try {
    ftruncateSync(descriptor, end);
  } catch {
    // A line without an end does not count.
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
