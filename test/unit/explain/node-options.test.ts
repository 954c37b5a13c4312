// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { describe, expect, it } from 'vitest';
import { explainingNodeOptions } from '../../../src/explain/node-options.js';
import { hangLimitMs } from '../../shared/time-limits.mjs';
import { temporaryFolder } from '../../shared/temporary-folder.js';

const preload = path.resolve('dist/explain/preload.cjs');

/** Returns the output of a Node with these options. */
function startWith(options: string): unknown {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-p', '"started"'], {
    encoding: 'utf8',
    timeout: hangLimitMs,
    env: { ...process.env, NODE_OPTIONS: options },
  });
  return { status, stdout, stderr };
}

describe('the value of NODE_OPTIONS', () => {
  const folders = ['plain', 'with spaces', 'ünïcödé', "apostrophe's", '%PATH% & (x)', 'two  spaces'];
  const onlyOffWindows = ['"quoted"', 'back\\slash', '"quoted" back\\slash\\'];

  it.each([...folders, ...(process.platform === 'win32' ? [] : onlyOffWindows)])('loads a file in %s', (name) => {
    const root = temporaryFolder('options');
    const folder = path.join(root, name);
    mkdirSync(folder);
    const file = path.join(folder, 'preload.cjs');
    writeFileSync(file, "console.log('loaded');");
    const options = explainingNodeOptions('--no-warnings', file);
    expect(startWith(options)).toEqual({ status: 0, stdout: 'loaded\nstarted\n', stderr: '' });
  });

  it('keeps what was there, in front, and adds the preload once', () => {
    const alone = explainingNodeOptions();
    expect(explainingNodeOptions('  ')).toBe(alone);
    expect(explainingNodeOptions('--max-old-space-size=512')).toBe(`--max-old-space-size=512 ${alone}`);
    expect(explainingNodeOptions(`--no-warnings ${alone}`)).toBe(`--no-warnings ${alone}`);
  });
});

describe('the preload', () => {
  const text = readFileSync(preload, 'utf8');

  /** The modules that it loads in a process like this. */
  function loadedIn(processLike: object, require: (name: string) => void = () => undefined): string[] {
    const loaded: string[] = [];
    vm.runInNewContext(text, {
      exports: {},
      process: { env: {}, ...processLike },
      require: (name: string) => {
        loaded.push(name);
        require(name);
      },
    });
    return loaded;
  }

  const isLoadedIn = (node: string): boolean => loadedIn({ versions: { node } }).length > 0;

  it('is loaded by every Node that the package supports, and leaves every other alone', () => {
    const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } };
    expect(engines.node).toBe('^20.19.0 || >=22.12.0');
    const tooOld = ['8.17.0', '12.22.12', '16.20.2', '18.20.8', '19.8.1', '20.18.3', '21.7.3', '22.11.0'];
    const supported = ['20.19.0', '20.20.2', '22.12.0', '22.23.3', '23.0.0', '24.21.0', '26.10.0', '100.0.0'];
    expect(tooOld.filter(isLoadedIn)).toEqual([]);
    expect(supported.filter(isLoadedIn)).toEqual(supported);
  });

  it('has no syntax that Node 8 lacks', () => {
    const code = text.replaceAll(/\/\/.*/g, '');
    expect(code).not.toMatch(/\?\.|\?\?|catch\s*\{|\bimport\b|\bawait\b|node:|\.\.\.|\d_\d|\dn\b|#\w/);
  });

  const versions = { node: '24.0.0' };

  it('puts the program on the simulated machine where that is wanted, before anything else', () => {
    const simulated = { versions, env: { WIN_PORT_RESERVATION_SIMULATE: '1' } };
    expect(loadedIn(simulated)).toEqual(['../simulator/simulate.js', './subscribe.js']);
    expect(loadedIn({ versions, env: { WIN_PORT_RESERVATION_SIMULATE: '' } })).toEqual(['./subscribe.js']);
  });

  it('leaves the windows of Electron alone, and not its main process', () => {
    expect(loadedIn({ versions, type: 'renderer' })).toEqual([]);
    expect(loadedIn({ versions, type: 'browser' })).toEqual(['./subscribe.js']);
  });

  it('warns and lets the program start where it cannot be loaded', () => {
    const warnings: unknown[] = [];
    const emitWarning = (warning: unknown) => warnings.push(warning);
    const failing = () => {
      throw new Error('no ES modules here');
    };
    loadedIn({ versions, emitWarning }, failing);
    expect(warnings).toEqual(['Error: no ES modules here']);
  });
});
