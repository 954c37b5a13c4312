// SPDX-License-Identifier: MIT
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { noCertificates } from '../shared/no-certificates.mjs';
import { wineArch } from './paths.mjs';
import { findWineserver, killWithoutServer, watchWineserver } from './wineserver.mjs';

const pollMs = 50;

/**
 * The time for which Wine's server and services outlive the last Windows process. Debian's Wine ends them at once, and
 * a process that starts meanwhile waits a second or two for that.
 */
const lingerSeconds = 5;

/**
 * @typedef {object} WineOptions
 * @property {string} prefix
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env] Added to this process's own environment; undefined removes.
 * @property {number} [silenceMs] The process is killed after this time without output; no limit by default.
 * @property {NodeJS.WritableStream} [stdout] Gets the output as it is written.
 * @property {NodeJS.WritableStream} [stderr]
 *
 * @typedef {object} WineResult
 * @property {number | null} exitCode Null when a signal or the time limit ended the process.
 * @property {boolean} timedOut
 * @property {boolean} serverDied Wine's server died, and the Windows processes of the prefix with it.
 * @property {string} stdout
 * @property {string} stderr
 */

/**
 * Starts a Windows program. Windows Node under Wine cannot use Unix pipes, so its output goes to files that this
 * function follows.
 *
 * @param {import('./toolchain.mjs').Toolchain} toolchain
 * @param {string[]} command
 * @param {WineOptions} options
 * @returns {{ pid: number, kill: () => void, done: Promise<WineResult> }}
 */
export function startInWine(toolchain, command, { prefix, cwd, env, silenceMs, stdout, stderr }) {
  const fullEnv = { ...process.env, ...wineEnvironment(prefix), ...env };
  // Ends by itself, without an error, if the server is already running.
  spawnSync(toolchain.wineserver, [`-p${lingerSeconds}`], { env: fullEnv, stdio: 'ignore' });
  const out = new Output(stdout);
  const err = new Output(stderr);
  // Anything that ends this process, even a SIGKILL, also ends the Windows process.
  const child = spawn(toolchain.setpriv, ['--pdeathsig', 'KILL', toolchain.wine, ...command], {
    cwd,
    env: fullEnv,
    stdio: ['ignore', out.descriptor, err.descriptor],
  });
  const kill = () => void child.kill('SIGKILL');
  let timedOut = false;
  const limit =
    silenceMs &&
    setTimeout(() => {
      timedOut = true;
      kill();
    }, silenceMs);
  const polling = setInterval(() => {
    const sizes = [out.read(), err.read()];
    if (limit && sizes.some((size) => size > 0)) limit.refresh();
  }, pollMs);
  let serverDied = false;
  const stopWatching = watchWineserver(prefix, () => {
    serverDied = true;
    killWithoutServer(prefix);
    kill();
  });

  const done = new Promise((resolve, reject) => {
    const settle = (settled) => {
      clearInterval(polling);
      clearTimeout(limit);
      stopWatching();
      settled({ stdout: out.end(), stderr: err.end() });
    };
    child.once('error', (error) => settle(() => reject(error)));
    child.once('exit', (exitCode) => {
      // Some processes notice the death themselves, and end with any code before the watch sees it.
      if (findWineserver(prefix) === undefined) {
        serverDied = true;
        killWithoutServer(prefix);
      }
      settle((texts) => resolve({ exitCode, timedOut, serverDied, ...texts }));
    });
  });
  return { pid: child.pid, kill, done };
}

/**
 * No debug output, no display, no download of Mono or Gecko, no menu entries for the host's desktop, and the netsh that
 * the set-up put there rather than Wine's own.
 *
 * @param {string} prefix
 */
export function wineEnvironment(prefix) {
  return {
    WINEPREFIX: prefix,
    WINEARCH: wineArch,
    WINEDEBUG: '-all',
    WINEDLLOVERRIDES: 'mscoree=;mshtml=;winemenubuilder.exe=;netsh.exe=n',
    // The server of Debian's Wine 10 aborts if this is set.
    TMPDIR: undefined,
    DISPLAY: undefined,
    WAYLAND_DISPLAY: undefined,
    ...noCertificates,
  };
}

/** A file without a name that processes write to while it is read. */
class Output {
  #chunks = [];
  #position = 0;
  #stream;

  /** @param {NodeJS.WritableStream} [stream] */
  constructor(stream) {
    this.#stream = stream;
    const directory = mkdtempSync(path.join(tmpdir(), 'win-port-reservation-'));
    // Open it for appending, because a process and its children share the file.
    this.descriptor = openSync(path.join(directory, 'output'), 'a+');
    rmSync(directory, { recursive: true });
  }

  /** @returns {number} The number of new bytes. */
  read() {
    const buffer = Buffer.alloc(65536);
    const before = this.#position;
    for (let size; (size = readSync(this.descriptor, buffer, 0, buffer.length, this.#position)) > 0;) {
      const chunk = Buffer.from(buffer.subarray(0, size));
      this.#position += size;
      this.#chunks.push(chunk);
      this.#stream?.write(chunk);
    }
    return this.#position - before;
  }

  /** Returns everything that was written. */
  end() {
    this.read();
    closeSync(this.descriptor);
    return Buffer.concat(this.#chunks).toString();
  }
}
