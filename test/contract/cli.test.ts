// SPDX-License-Identifier: MIT
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDocument } from '../shared/cli-output-schema.js';
import { bothElevationsIt, canSteer, elevatedIt } from './needs.js';
import { freeBlock, onMachine, readToEnd, ring, spawnNodeAs } from './ring.js';

// Runs the command line in child processes, each of which is a process of the machine.

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const numberOfPorts = 4;

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function runMain(args: readonly (string | number)[], elevated = true): Promise<Ended> {
  const child = spawnNodeAs(elevated, [main, ...args.map(String)], { FORCE_COLOR: undefined, NO_COLOR: undefined });
  child.stdin.end();
  const [stdout, stderr, exitCode] = await Promise.all([
    readToEnd(child.stdout),
    readToEnd(child.stderr),
    new Promise<number | null>((resolve) => child.once('close', resolve)),
  ]);
  return { exitCode, stdout, stderr };
}

/** Runs a command with --json and returns its document and exit code. */
async function documentOf(args: readonly (string | number)[], elevated = true): Promise<Record<string, unknown>> {
  const { exitCode, stdout } = await runMain([...args, '--json'], elevated);
  return { exitCode, ...readDocument(stdout) };
}

describe('the command line', () => {
  let startPort: number;
  const undo: (readonly (string | number)[])[] = [];

  beforeEach(async () => {
    startPort = await freeBlock(numberOfPorts);
  });

  afterEach(async () => {
    for (const command of undo.splice(0)) await runMain(command);
  });

  bothElevationsIt('creates, finds, lists and deletes a reservation', async () => {
    const block = { protocol: 'udp', startPort, numberOfPorts };
    const args = ['udp', startPort, numberOfPorts];
    if (canSteer) await onMachine('useTokens', 0xffff_ffff_ffff_fffen);
    undo.push(['delete', ...args]);
    const created = await documentOf(['create', ...args]);
    const found = { ...block, token: canSteer ? '18446744073709551614' : created['token'] };
    expect(created).toEqual({ exitCode: 0, command: 'create', ...found });
    expect(found.token).toMatch(/^[1-9]\d*$/);
    expect(await documentOf(['lookup', ...args], false)).toEqual({ exitCode: 0, command: 'lookup', ...found });
    expect(await documentOf(['ensure', ...args], false)).toMatchObject({ exitCode: 0, ...found, created: false });
    const { ranges } = await documentOf(['list', '--protocol', 'udp']);
    const range = { ...block, endPort: startPort + numberOfPorts - 1, administered: false };
    expect(ranges).toContainEqual({ ...range, kind: 'persistent' });
    expect(await documentOf(['explain', 'udp', startPort])).toMatchObject({
      exitCode: 4,
      cause: 'persistent-reservation',
    });
    expect(await documentOf(['delete', ...args])).toEqual({ exitCode: 0, command: 'delete', ...block });
    expect(await documentOf(['lookup', ...args])).toMatchObject({ exitCode: 4, error: { code: 'ERROR_NOT_FOUND' } });
  });

  bothElevationsIt('asks for elevation, with the command to run', async () => {
    const { exitCode, stdout, stderr } = await runMain(['create', 'tcp', startPort, 2], false);
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    const command = `"${process.execPath}" "${main}" create tcp ${startPort} 2`;
    expect(stderr).toContain(`\n    ${command}\n`);
    expect(stderr).toContain(`\n    & ${command}\n`);
    expect(await documentOf(['exclude', 'add', 'tcp', startPort], false)).toMatchObject({
      exitCode: 3,
      error: { code: 'ERROR_ACCESS_DENIED', errno: 5 },
    });
  });

  elevatedIt('says on the standard error where there is no Windows', async () => {
    undo.push(['exclude', 'delete', 'tcp', startPort]);
    const { exitCode, stdout, stderr } = await runMain(['exclude', 'add', 'tcp', startPort]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `excluded tcp ${startPort} (1 port)\n` });
    expect(stderr === '').toBe(ring !== 'simulated');
  });

  it('finds ports', async () => {
    const block = { command: 'find', protocol: 'tcp', startPort: expect.any(Number) as number, numberOfPorts: 2 };
    expect(await documentOf(['find', '--number', 2])).toEqual({ exitCode: 0, ...block });
  });

  it('draws every port', async () => {
    const { exitCode, stdout } = await runMain(['map', '--protocol', 'tcp']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^TCP ports of \S.*\n.*\n\n +000 .*\n( *\d+ {2}[PAURG:. ]+( to \d+: .*)?\n)+\n/);
  });
});
