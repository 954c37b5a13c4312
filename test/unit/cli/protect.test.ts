// SPDX-License-Identifier: MIT
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { run } from '../../../src/cli/run.js';
import { systemClock } from '../../../src/machine/wait.js';
import { FakeClock } from '../machine/fake-tools.js';
import { SimulatedWindows } from '../../../src/simulator/index.js';
import { readDocument } from '../../shared/cli-output-schema.js';
import { portsFrom } from '../../shared/ports-from.js';
import { installForTest } from '../install-for-test.js';
import { documentOf, errorOf, note } from './documents.js';
import { runCommand, Screen } from './terminal.js';

let machine: SimulatedWindows;

beforeEach(() => {
  machine = new SimulatedWindows({ hostPorts: 'any' });
  installForTest(machine);
  machine.winNat.addBlock({ protocol: 'tcp', startPort: 2969, numberOfPorts: 100 });
  machine.winNat.usePlaces(5069);
  vi.stubEnv('FORCE_COLOR', undefined);
  vi.stubEnv('NO_COLOR', undefined);
  const clock = new FakeClock();
  vi.spyOn(systemClock, 'now').mockImplementation(() => clock.now());
  vi.spyOn(systemClock, 'sleep').mockImplementation((...wait) => clock.sleep(...wait));
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

function loseRights(): void {
  installForTest(machine, { elevated: false });
}

/** Runs a command in a terminal whose user types this. */
async function runInTerminal(line: string, typed: string) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  stdin.end(typed);
  const [stdout, stderr] = [new Screen(false), new Screen(false)];
  const exitCode = await run(line.split(' '), { stdin, stdout, stderr });
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

describe('a block of WinNAT, just now', () => {
  /** The user starts the program when the command has waited once. */
  function startProgramLater(): void {
    vi.spyOn(systemClock, 'sleep').mockImplementation(() => {
      const isThere = machine.portOwners('tcp').some(({ port }) => port === 3000);
      if (machine.services.query('winnat').state === 1 && !isThere) {
        machine.startProcess({ imageName: 'node.exe' }).listen({ protocol: 'tcp', port: 3000 });
      }
      return Promise.resolve();
    });
  }

  it('is freed until a program listens, and nothing stays', async () => {
    machine.wsl.start({ distribution: 'Ubuntu' });
    startProgramLater();
    const { stdout: document } = await runCommand('protect tcp 3000 --just-now --stop-winnat --json');
    expect(readDocument(document)).toMatchObject({
      ...{ justNow: true, used: true, excluded: [], restartedWinNat: true },
      startAgain: ['start Ubuntu again: wsl --distribution Ubuntu'],
    });
    expect(machine.excludedPortRanges('tcp').filter(({ administered }) => administered)).toEqual([]);
    expect(machine.services.query('winnat').state).toBe(4);
    const { stdout } = await runCommand('protect tcp 4000 --just-now');
    expect(stdout).toBe('not in a block of WinNAT: tcp 4000 (1 port)\n  Start your program.\n');
  });

  it('needs the same consent, and names the whole command', async () => {
    const { code, hint } = await errorOf('protect tcp 3000 --just-now');
    expect(code).toBe('ERR_WINNAT_BLOCK');
    expect(hint).toMatch(/ protect tcp 3000 1 --just-now --stop-winnat$/);
    expect((await runCommand('protect tcp 3000 --just-now --dry-run')).stdout).toContain(
      'Wait until a program listens',
    );
    loseRights();
    expect(await errorOf('protect tcp 3000 --just-now')).toMatchObject({ exitCode: 3 });
  });
});

describe('a block of WinNAT', () => {
  it('is freed after a yes in a terminal, which is asked for with what it costs', async () => {
    machine.wsl.start({ distribution: 'Ubuntu' });
    const { exitCode, stdout, stderr } = await runInTerminal('protect tcp 3000', 'y\n');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^protected tcp 3000 \(1 port\)\n/);
    expect(stderr.slice(note.length)).toBe(
      [
        'tcp 3000 (1 port) lies in a block of WinNAT, which has to be stopped for a',
        'moment.',
        'This cuts off, as far as the list of processes shows:',
        '  - the WSL distribution Ubuntu',
        'WSL is shut down: programs in it end. --keep-wsl leaves it running, without',
        'network.',
        'Stop WinNAT and start it again? [y/N] - Start a process that starts WinNAT again if this one is killed.',
        '- Shut down WSL (Ubuntu): left running, it has no network.',
        '- Stop WinNAT, which gives its blocks of ports back. Until it runs again, WSL,',
        '  Docker and virtual machines have no network.',
        '- Exclude tcp 3000: Windows, Hyper-V and WSL leave excluded ports alone.',
        '- Start WinNAT again, which takes other blocks of ports.',
        '- Check that the exclusion is listed, now and after a restart, and that the',
        '  ports can be bound.',
        '',
      ].join('\n'),
    );
    expect(machine.wsl.distributions).toEqual([]);
    expect(machine.services.isRunning('winnat')).toBe(true);
  });

  it.each(['n\n', '\n', 'yesterday\n', ''])('is left alone after the answer %j', async (typed) => {
    const { exitCode, stderr } = await runInTerminal('protect tcp 3000', typed);
    expect(exitCode).toBe(4);
    expect(stderr).toContain('No WSL distribution, container or virtual machine was seen running.');
    expect(stderr).toContain('error: The ports lie in a block of WinNAT');
    expect(machine.excludedPortRanges('tcp')).toMatchObject([{ startPort: 2969, kind: 'foreign' }]);
  });

  it('is asked about again when there is more to lose after a long time', async () => {
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    const [stdout, stderr] = [new Screen(false), new Screen(false)];
    const running = run(['protect', 'tcp', '3000'], { stdin, stdout, stderr });
    await vi.waitFor(() => {
      expect(stderr.text).toContain('[y/N]');
    });
    machine.wsl.start({ distribution: 'Ubuntu' });
    stdin.write('y\n');
    await vi.waitFor(() => {
      expect(stderr.text).toMatch(/\[y\/N\][^]*the WSL distribution Ubuntu[^]*\[y\/N\]/);
    });
    stdin.end('y\n');
    expect(await running).toBe(0);
    expect(machine.wsl.distributions).toEqual([]);
  });

  it('is not asked about where nobody answers', async () => {
    expect(await errorOf('protect tcp 3000')).toMatchObject({
      ...{ code: 'ERR_WINNAT_BLOCK', exitCode: 4 },
      blocks: [{ protocol: 'tcp', ...portsFrom(2969, 3068), administered: false }],
    });
  });

  it('is in the data with where it is now', async () => {
    const { exitCode, stdout } = await runCommand('protect tcp 3000 --stop-winnat --json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      command: 'protect',
      ...{ protocol: 'tcp', startPort: 3000, numberOfPorts: 1 },
      excluded: [{ protocol: 'tcp', startPort: 3000, numberOfPorts: 1 }],
      restartedWinNat: true,
      freed: [{ protocol: 'tcp', ...portsFrom(2969, 3068), administered: false }],
      takenInstead: [{ protocol: 'tcp', ...portsFrom(5069, 5168), administered: false }],
      startAgain: [],
    });
  });

  it('is planned for on paper, elevated or not', async () => {
    loseRights();
    const { exitCode, stdout } = await runCommand('protect tcp 3000 --dry-run');
    expect(exitCode).toBe(0);
    expect(stdout.split('\n').filter((line) => /^ {2}\d|^\S/.test(line))).toEqual([
      'to protect tcp 3000 (1 port), these steps would be taken:',
      '  1. Start a process that starts WinNAT again if this one is killed.',
      '  2. Stop WinNAT, which gives its blocks of ports back. Until it runs again,',
      '  3. Exclude tcp 3000: Windows, Hyper-V and WSL leave excluded ports alone.',
      '  4. Start WinNAT again, which takes other blocks of ports.',
      '  5. Check that the exclusion is listed, now and after a restart, and that the',
      'No WSL distribution, container or virtual machine was seen running.',
      'Nothing was changed.',
    ]);
    expect(machine.services.isRunning('winnat')).toBe(true);
  });

  it('needs an elevated process, whose command keeps the options', async () => {
    loseRights();
    const { elevated, exitCode } = await errorOf('protect tcp 3000 --stop-winnat --keep-wsl');
    expect(exitCode).toBe(3);
    const words = 'protect tcp 3000 1 --stop-winnat --keep-wsl';
    const { command, powershellCommand, powershell } = elevated as Record<string, string>;
    expect(command?.startsWith(`"${process.execPath}" "`) && command.endsWith(`main.js" ${words}`)).toBe(true);
    expect(powershellCommand).toBe(`& ${String(command)}`);
    expect(powershell?.endsWith(` ${words}"'`)).toBe(true);
  });
});

describe('a wait', () => {
  it('stays where its service refuses to stop, and the error names the service', async () => {
    machine.services.change('winnat', { refusesToStop: 1052 });
    expect(await errorOf('protect tcp 3000 --stop-winnat')).toMatchObject({
      ...{ code: 'ERROR_INVALID_SERVICE_CONTROL', serviceName: 'winnat', startPort: 3000, exitCode: 1 },
    });
  });

  it('is told of every few seconds', async () => {
    machine.services.change('winnat', { questionsToStop: 12 });
    const { exitCode, stderr } = await runCommand('protect tcp 3000 --stop-winnat');
    expect(exitCode).toBe(0);
    expect(stderr.match(/waiting for \d+ s/g)).toEqual(['waiting for 5 s', 'waiting for 11 s']);
  });
});

describe('an interruption', () => {
  it('gives everything back, and ends the command with 1', async () => {
    machine.services.change('winnat', { hangs: 'stopping' });
    vi.spyOn(systemClock, 'sleep').mockImplementationOnce((_, signal) => {
      process.emit('SIGINT', 'SIGINT');
      machine.services.change('winnat', { hangs: undefined });
      return Promise.reject(signal?.reason as Error);
    });
    const error = await errorOf('protect tcp 3000 --stop-winnat');
    expect(error).toMatchObject({
      code: 'ERR_INTERRUPTED',
      exitCode: 1,
      message: 'Interrupted (SIGINT) before the command was done.',
    });
    expect(machine.services.isRunning('winnat')).toBe(true);
    expect(machine.excludedPortRanges('tcp').filter(({ administered }) => administered)).toEqual([]);
    expect(process.listenerCount('SIGINT')).toBe(0);
  });
});

describe('a protection', () => {
  it('that is there already, and its end', async () => {
    const words = 'tcp 4000 2';
    expect((await runCommand(`protect ${words}`)).stdout).toMatch(/^protected tcp 4000-4001 \(2 ports\)\n/);
    for (const option of ['', ' --dry-run', ' --stop-winnat']) {
      expect((await runCommand(`protect ${words}${option}`)).stdout).toBe(
        'protected already: tcp 4000-4001 (2 ports)\n',
      );
    }
    expect((await runCommand(`unprotect ${words} --dry-run`)).stdout).toBe(
      'would end the exclusion of tcp 4000-4001 (2 ports); nothing was changed\n',
    );
    expect((await runCommand(`unprotect ${words}`)).stdout).toBe('no longer protected: tcp 4000-4001 (2 ports)\n');
    expect(await errorOf(`unprotect ${words}`)).toMatchObject({ code: 'ERROR_NOT_FOUND', exitCode: 4 });
  });

  it('of others ends with --force only', async () => {
    machine.addExcludedPortRange({ protocol: 'tcp', startPort: 50_000, numberOfPorts: 60 });
    expect(await errorOf('unprotect tcp 50000 60')).toMatchObject({ code: 'ERR_FOREIGN_EXCLUSION', exitCode: 4 });
    expect(await documentOf('unprotect tcp 50000 60 --force')).toMatchObject({ excluded: [{ startPort: 50_000 }] });
  });
});
