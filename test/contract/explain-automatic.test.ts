// SPDX-License-Identifier: MIT
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PortExplanation, Protocol } from 'win-port-reservation';
import { canSteer, steeredIt } from './needs.js';
import { freeBlock, onMachine, packageCommand, readToEnd, spawnNode, startChild } from './ring.js';
import { hangLimitMs } from '../shared/time-limits.mjs';

const command = 'netsh interface ipv4 show excludedportrange';

let startPort: number;
let port: number;

beforeEach(async () => {
  if (!canSteer) return;
  startPort = await freeBlock(100);
  port = startPort + 31;
  for (const protocol of ['tcp', 'udp'] as const) {
    await onMachine('addForeignReservation', { protocol, startPort, numberOfPorts: 100 });
  }
});
afterEach(async () => {
  if (!canSteer) return;
  for (const protocol of ['tcp', 'udp'] as const) {
    await onMachine('deleteForeignReservation', { protocol, startPort, numberOfPorts: 100 });
  }
});

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const patience = { WIN_PORT_RESERVATION_EXPLAIN_MS: String(hangLimitMs) };

async function run(way: string, protocol: Protocol = 'tcp', env: NodeJS.ProcessEnv = patience): Promise<Ended> {
  const script = fileURLToPath(new URL('children/fail-to-listen.mjs', import.meta.url));
  const args = ['--import=win-port-reservation/explain', script, way, protocol, String(port)];
  const child = spawnNode(args, env);
  const [stdout, stderr, [exitCode]] = await Promise.all([
    readToEnd(child.stdout),
    readToEnd(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  return { exitCode, stdout, stderr };
}

const says = ({ stdout }: Ended): unknown[] => {
  const lines = stdout.trim().split(/\r?\n/);
  return lines.map((line) => JSON.parse(line) as unknown);
};

/** Checks what a person reads when a program could not start. */
function expectExplained(message: string, protocol: Protocol): void {
  const [first, sentence, keep, cost, command, another, ...rest] = message.split(/\r?\n/);
  expect(first).toMatch(protocol === 'tcp' ? /listen EACCES: permission denied .*:\d+$/ : /bind EACCES .*:\d+$/);
  expectRangeNamed(sentence, protocol);
  expect(another).toMatch(/^ {2}- \S.*\d/);
  expect(keep).toMatch(new RegExp(`^ {2}- \\S.*\\b${port}\\b`));
  expect(cost).toMatch(/^ {4}In an elevated shell\. \S.*Docker/);
  expect(command).toBe(`      ${packageCommand(`protect ${protocol} ${port}`)}`);
  expect(rest[0]).toBe(`  More: ${packageCommand(`explain ${protocol} ${port}`)}`);
}

function expectRangeNamed(text: string | undefined, protocol: Protocol = 'tcp'): void {
  for (const data of [`${protocol.toUpperCase()} port ${port} `, `${startPort}-${startPort + 99}`, 'WinNAT']) {
    expect(text).toContain(data);
  }
}

/** The advice to read the list by hand appears only if netsh could not be read. */
const withoutRanges = (): RegExp =>
  new RegExp(`TCP port ${port} [^]*netsh int ipv4 show excludedportrange protocol=tcp`);

/** Cuts off the place in the source, which Node prints before the message. */
const fromMessage = (stderr: string): string => stderr.slice(stderr.indexOf('Error: ')).replace(/^Error: /, '');

describe.each(['tcp', 'udp'] as const)('with the preload, the error of a %s port', (protocol) => {
  steeredIt('that nobody handles is printed with the reason and the remedy, and ends the process as ever', async () => {
    const { exitCode, stderr } = await run('uncaught', protocol);
    expectExplained(fromMessage(stderr), protocol);
    expect(stderr).toMatch(/^ {4}at /m);
    expect(stderr).toContain("code: 'EACCES'");
    expect(exitCode).toBe(1);
  });

  steeredIt('that is handled is the same error as without, and tells the reason when it is read', async () => {
    const { exitCode, stdout, stderr } = await run('read', protocol);
    expect(stderr).toBe('');
    expect(exitCode).toBe(3);
    const [read] = says({ exitCode, stdout, stderr }) as [Record<string, unknown> & { explanation: PortExplanation }];
    expect(read).toMatchObject({
      isLazy: true,
      code: 'EACCES',
      isError: true,
      same: true,
      inStack: true,
      cloned: true,
    });
    expect(read['keys']).toEqual(expect.arrayContaining(['code', 'errno', 'syscall', 'address', 'port']));
    expect(read.explanation).toMatchObject({ protocol, port, cause: 'foreign-range', range: { startPort } });
  });
});

describe('with the preload, the error of a server', () => {
  steeredIt.each(['print', 'rejection'])('is printed with the reason: %s', async (way) => {
    expectExplained(fromMessage((await run(way)).stderr), 'tcp');
  });

  it.each(['tcp', 'udp'] as const)('on a %s port that the process has itself says so', async (protocol) => {
    port = await freeBlock(1);
    const { exitCode, stderr } = await run('twice', protocol);
    expect(stderr).toMatch(
      new RegExp(`^${protocol.toUpperCase()} port ${port} .*this process \\(\\d+\\).*\\r?\\n {2}- \\S`, 'm'),
    );
    expect(exitCode).toBe(1);
  });

  steeredIt('reaches a handler of uncaught exceptions with the reason', async () => {
    const ended = await run('handler');
    const [[message, code]] = says(ended) as [[string, string]];
    expectExplained(message, 'tcp');
    expect([code, ended.exitCode]).toEqual(['EACCES', 3]);
  });

  steeredIt('of which only the code is read starts nothing', async () => {
    const json = { code: 'EACCES', errno: expect.any(Number) as number, syscall: 'listen', address: '0.0.0.0', port };
    expect(says(await run('code'))).toEqual([{ code: 'EACCES', json, isLazy: true, threads: 0 }]);
  });

  steeredIt('can be frozen', async () => {
    const [[first, second]] = says(await run('frozen')) as [[string, string]];
    expectExplained(first, 'tcp');
    expect(second).toBe(first);
  });

  steeredIt('in a worker thread reaches the thread that started it with the reason', async () => {
    const [[message, code]] = says(await run('thread')) as [[string, string]];
    expectExplained(message, 'tcp');
    expect(code).toBe('EACCES');
  });

  steeredIt('in a worker of a cluster, where the primary binds, is printed with the reason', async () => {
    const ended = await run('cluster');
    expectRangeNamed(ended.stderr);
    expect(ended.stderr).toContain(` protect tcp ${port}`);
    expect(says(ended)).toEqual([1]);
  });

  steeredIt('of a program that tries again and again is found out once', async () => {
    const [messages] = says(await run('again')) as [string[]];
    expect(messages).toHaveLength(3);
    expect(new Set(messages).size).toBe(1);
    expectExplained(messages[0] ?? '', 'tcp');
  });

  steeredIt('tells what is known when netsh fails', async () => {
    await onMachine('failNext', command, 5);
    const { stderr } = await run('uncaught');
    expect(stderr).toMatch(withoutRanges());
  });

  steeredIt('tells what is known when netsh hangs', async () => {
    // netsh may take half of the time, so that the rest has as long again.
    await onMachine('delayNext', command, 2 * hangLimitMs);
    const { stderr } = await run('uncaught', 'tcp', { WIN_PORT_RESERVATION_EXPLAIN_MS: '20000' });
    expect(stderr).toMatch(withoutRanges());
  });

  steeredIt('stays as it was when there is no time', async () => {
    const { exitCode, stderr } = await run('uncaught', 'tcp', { WIN_PORT_RESERVATION_EXPLAIN_MS: '1' });
    expect(stderr).toMatch(/Error: listen EACCES: permission denied .*\r?\n {4}at /);
    expect(exitCode).toBe(1);
  });

  it('on a machine in the memory of the process is explained from a copy of it', async () => {
    const start = await freeBlock(102);
    const child = startChild('fail-in-memory.mjs', start);
    expect(await child.next()).toMatch(new RegExp(`TCP port ${start} .*${start}-${start + 99}.*WinNAT`));
    expect(await child.next()).toMatch(new RegExp(`${start + 100}-${start + 101}.*this process`));
    expect(await child.exited).toBe(0);
  });
});

describe('without a Windows, real or simulated,', () => {
  it.skipIf(process.platform === 'win32')('the preload changes nothing', async () => {
    const child = spawnNode(
      ['--import=win-port-reservation/explain', '-e', "require('net').createServer().listen(80, '192.0.2.1')"],
      { NODE_OPTIONS: '' },
    );
    const stderr = await readToEnd(child.stderr);
    expect(stderr).toMatch(/Error: listen EADDRNOTAVAIL: address not available 192\.0\.2\.1:80\n {4}at /);
  });
});
