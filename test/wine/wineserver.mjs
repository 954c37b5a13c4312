// SPDX-License-Identifier: MIT
// Watches Wine's server, one process per prefix, on which every Windows process of the prefix depends. When it dies,
// most of them hang forever.
import { readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import path from 'node:path';

const checkMs = 1000;

/** The number of checks in a row that must miss the server, because a new server replaces one that ends by itself. */
const missesOfDeath = 3;

/**
 * Finds the server of a prefix: the process that works in the folder with the device and inode of the prefix in its name.
 *
 * @param {string} prefix
 * @returns {number | undefined} Its process id.
 */
export function findWineserver(prefix) {
  const { dev, ino } = statSync(prefix, { bigint: true });
  const folder = `server-${dev.toString(16)}-${ino.toString(16)}`;
  return processIds().find(
    // Clients also work in that folder while they connect.
    (pid) => read(pid, 'comm').startsWith('wineserver') && path.basename(linkOf(pid, 'cwd')) === folder,
  );
}

/**
 * Calls back once, a few seconds after the server of a prefix has died.
 *
 * @param {string} prefix A prefix whose server has been started.
 * @param {() => void} died
 * @returns {() => void} Stops watching.
 */
export function watchWineserver(prefix, died) {
  let misses = 0;
  const watching = setInterval(() => {
    misses = findWineserver(prefix) === undefined ? misses + 1 : 0;
    if (misses < missesOfDeath) return;
    clearInterval(watching);
    died();
  }, checkMs);
  return () => clearInterval(watching);
}

/**
 * Kills the Windows processes of a prefix without a server, which would otherwise keep their ports until the host ends.
 *
 * @param {string} prefix
 */
export function killWithoutServer(prefix) {
  if (findWineserver(prefix) !== undefined) return;
  for (const pid of processIds()) {
    const isWindows = path.basename(linkOf(pid, 'exe')).startsWith('wine');
    if (isWindows && read(pid, 'environ').split('\0').includes(`WINEPREFIX=${prefix}`)) kill(pid);
  }
}

function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // The process has ended by itself.
    if (error.code !== 'ESRCH') throw error;
  }
}

function processIds() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Returns an empty value if the process has ended or belongs to another user. */
function read(pid, name) {
  return orEmpty(() => readFileSync(`/proc/${pid}/${name}`, 'utf8'));
}

function linkOf(pid, name) {
  return orEmpty(() => readlinkSync(`/proc/${pid}/${name}`));
}

function orEmpty(get) {
  try {
    return get();
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(error.code)) return '';
    throw error;
  }
}
