// SPDX-License-Identifier: MIT
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { agoText, ownerLines } from '../../../src/cli/owner-text.js';
import { run } from '../../../src/cli/run.js';
import { SimulatedWindows } from '../../../src/simulator/index.js';
import { installForTest } from '../install-for-test.js';
import { documentOf, errorOf, note } from './documents.js';
import { plainStyle, runCommand, Screen, type CommandResult } from './terminal.js';

let machine: SimulatedWindows;
let processId: number;
let parentProcessId: number;

beforeEach(() => {
  machine = new SimulatedWindows({ hostPorts: 'any' });
  installForTest(machine);
  vi.stubEnv('FORCE_COLOR', undefined);
  vi.stubEnv('NO_COLOR', undefined);
  const shell = machine.startProcess({ imageName: 'powershell.exe', startedAt: new Date(0) });
  parentProcessId = shell.processId;
  const server = machine.startProcess({
    imageName: 'node.exe',
    commandLine: 'node server.js',
    workingDirectory: 'C:\\app',
    userName: 'PC\\me',
    parentProcessId,
    startedAt: new Date(Date.now() - 3 * 3_600_000),
  });
  processId = server.processId;
  server.listen({ protocol: 'tcp', port: 3000 });
});

afterEach(() => {
  vi.unstubAllEnvs();
});

const hasOwner = (): boolean => machine.portOwners('tcp').length > 0;

/** Runs a command line at a terminal where a user answers. */
async function answer(line: string, text: string): Promise<CommandResult> {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  stdin.end(text);
  const [stdout, stderr] = [new Screen(false), new Screen(false)];
  const exitCode = await run(line.split(' '), { stdin, stdout, stderr });
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

describe('free', () => {
  it('says what has the port, asks, and ends it', async () => {
    const { exitCode, stdout, stderr } = await answer('free 3000', 'y\n');
    expect(stderr.replace(note, '').split('\n').slice(0, 7)).toEqual([
      'TCP port 3000 is used by:',
      `node.exe (process ${processId})`,
      '  command:  node server.js',
      '  folder:   C:\\app',
      '  user:     PC\\me',
      `  started:  3 hours ago, by powershell.exe (${parentProcessId})`,
      `End node.exe (process ${processId})? Unsaved data is lost. [y/N] `,
    ]);
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: `free now: TCP port 3000; ended process ${processId}\n`,
    });
    expect(hasOwner()).toBe(false);
  });

  it.each(['n\n', '', 'yes please\n'])('ends nothing without a yes: %j', async (text) => {
    const { exitCode, stderr } = await answer('free tcp 3000', text);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('error: Nothing was ended.\n');
    expect(hasOwner()).toBe(true);
  });

  it('ends nothing where there is no terminal to ask in', async () => {
    const { exitCode, stderr } = await runCommand('free tcp 3000');
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      `error: End node.exe (process ${processId})? Nothing was ended: there is no terminal to ask`,
    );
    expect(await errorOf('free 3000')).toMatchObject({ code: 'ERR_NOT_CONFIRMED' });
    expect(hasOwner()).toBe(true);
  });

  it('is a document for scripts', async () => {
    const owner = { protocol: 'tcp', port: 3000, processId, imageName: 'node.exe', commandLine: 'node server.js' };
    expect(await documentOf('free 3000 --yes')).toMatchObject({
      ...{ command: 'free', protocol: 'tcp', port: 3000, endedProcessIds: [processId], stoppedServices: [] },
      owners: [{ ...owner, orphaned: false, parents: [{ processId: parentProcessId }] }],
    });
    expect(hasOwner()).toBe(false);
    expect(await documentOf('free 3000 --yes')).toMatchObject({ owners: [], endedProcessIds: [] });
    expect((await runCommand('free 3000')).stdout).toBe('free already: TCP port 3000\n');
  });

  it('tells what it would do', async () => {
    const { exitCode, stdout } = await runCommand('free tcp 3000 --dry-run --tree');
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`would be done: End node.exe (process ${processId}) and everything that it started.\n`);
    expect(await documentOf('free 3000 --dry-run')).toMatchObject({ dryRun: true, endedProcessIds: [processId] });
    expect(hasOwner()).toBe(true);
  });

  it('ends what the process started, where that is wanted', async () => {
    const child = machine.startProcess({ parentProcessId: processId });
    const document = await documentOf('free 3000 --yes --tree');
    expect(document['endedProcessIds']).toEqual([processId, child.processId]);
  });

  it('says so where a part of Windows has the port', async () => {
    machine.services.add({
      ...{ name: 'SharedAccess', imageName: 'svchost.exe', running: true },
      listensOn: [{ protocol: 'udp', port: 53 }],
    });
    expect(await errorOf('free udp 53 --yes')).toMatchObject({
      ...{ code: 'ERR_PROCESS_KEPT', exitCode: 4 },
      processId: machine.portOwners('udp')[0]?.processId,
    });
  });

  it('names the command for an elevated process', async () => {
    installForTest(machine, { elevated: false });
    const { elevated, exitCode } = await errorOf('free 3000 --yes --tree');
    expect(exitCode).toBe(3);
    expect(elevated).toMatchObject({ command: expect.stringMatching(/ free tcp 3000 --tree --yes$/) as string });
  });

  it.each([
    ['free', "missing required argument 'words'"],
    ['free http', "'http' is invalid for argument 'port'. Expected a port from 1 to 65535."],
    ['free sctp 3000', "'sctp' is invalid for argument 'protocol'. Expected tcp or udp."],
    ['free tcp 0', "'0' is invalid for argument 'port'."],
    ['free tcp 3000 10', "too many arguments for 'free'. Expected 2 arguments but got 3."],
  ])('refuses a wrong command line: %s', async (line, message) => {
    const { exitCode, stderr } = await runCommand(line);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('the lines about a process', () => {
  it('say that it was left over, and escape what a terminal would obey', () => {
    const owner = {
      ...({ protocol: 'tcp', port: 1, address: '::', processId: 5, serviceNames: [] } as const),
      ...{ imageName: 'no\u001b[31mde.exe', executable: 'C:\\no\u001b[31mde.exe', parents: [], orphaned: true },
    };
    expect(ownerLines(owner, plainStyle)).toEqual([
      'no\\u001b[31mde.exe (process 5)',
      '  command:  C:\\no\\u001b[31mde.exe',
      '  left over: the process that started it has ended',
    ]);
  });

  it.each([
    [0, 'less than a minute ago'],
    [-5, 'less than a minute ago'],
    [60, '1 minute ago'],
    [7199, '1 hour ago'],
    [172_800, '2 days ago'],
  ])('tell its age: %d seconds', (seconds, text) => {
    const now = new Date();
    expect(agoText(new Date(now.getTime() - seconds * 1000), now)).toBe(text);
  });
});
