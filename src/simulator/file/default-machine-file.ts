// SPDX-License-Identifier: MIT
import { accessSync, constants, lstatSync, mkdirSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { codeOf } from './lock-owner.js';
import { machineFileError } from './machine-file-error.js';

/**
 * Gives the path of the user's default machine, in a folder that no other user can write to.
 *
 * @throws PortReservationError ERR_MACHINE_FILE if the folder cannot be made, or something else is in its place.
 */
export function defaultMachineFile(): string {
  const folder = folderOfUser();
  const file = path.join(folder, 'machine.json');
  try {
    makeOwnFolder(folder);
  } catch (cause) {
    throw machineFileError(file, cause);
  }
  return file;
}

/** Finds the file of the machine: the environment may name it. An empty variable counts as unset. */
export function machineFileOf({ WIN_PORT_RESERVATION_MACHINE: file }: NodeJS.ProcessEnv): string {
  return file === undefined || file === '' ? defaultMachineFile() : file;
}

function folderOfUser(): string {
  const name = 'win-port-reservation';
  // On Windows both folders are in the user's profile, which other users cannot open.
  if (process.geteuid === undefined) return path.join(process.env['LOCALAPPDATA'] ?? tmpdir(), name);
  const home = homedir();
  // A service may have no home folder, and sudo may leave another user's.
  if (!isHome(home)) return path.join(tmpdir(), `${name}-${process.geteuid()}`);
  const state = process.env['XDG_STATE_HOME'] ?? '';
  return path.join(path.isAbsolute(state) ? state : path.join(home, '.local', 'state'), name);
}

function isHome(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return statSync(folder).uid === process.geteuid?.();
  } catch {
    return false;
  }
}

function makeOwnFolder(folder: string): void {
  mkdirSync(path.dirname(folder), { recursive: true, mode: 0o700 });
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  // Check the entry itself, not the target of a link.
  const found = lstatSync(folder);
  if (!found.isDirectory()) throw new Error(`${folder} is not a folder`);
  if (process.geteuid === undefined) return;
  if (found.uid !== process.geteuid()) throw new Error(`${folder} belongs to the user ${found.uid}`);
  if ((found.mode & 0o022) !== 0) throw new Error(`${folder} can be written to by others`);
}
