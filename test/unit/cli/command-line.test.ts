// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { exitCodes } from '../../../src/cli/exit-codes.js';
import type { Call } from '../../../src/cli/outcome.js';
import { createProgram } from '../../../src/cli/program.js';
import { install, SimulatedWindows } from '../../../src/simulator/index.js';
import { readDocument } from '../../shared/cli-output-schema.js';
import { runCommand, Screen } from './terminal.js';

// No simulated Windows is installed here: a wrong command line never gets that far.

const commands = [
  'protect',
  'unprotect',
  'doctor',
  'create',
  'lookup',
  'delete',
  'ensure',
  'explain',
  'find',
  'free',
  'list',
  'owners',
  'map',
  'exclude',
  'simulate',
  'completion',
  'run',
];
const helpedCommands = [...commands, 'exclude add', 'exclude delete'];

describe('a wrong command line', () => {
  it.each([
    ['', 'a command is missing'],
    ['exclude', 'a command is missing'],
    ['creat tcp 5000', "unknown command 'creat'", 'Did you mean create?'],
    ['exclude ad tcp 5000', "unknown command 'ad'", 'Did you mean add?'],
    ['help creat', "unknown command 'creat'", 'See: win-port-reservation --help'],
    ['help exclude ad', "unknown command 'ad'"],
    ['list --protcol tcp', "unknown option '--protcol'", 'Did you mean --protocol?'],
    ['create', "missing required argument 'protocol'"],
    ['create tcp', "missing required argument 'startPort'"],
    ['create tpc 5000', "'tpc' is invalid for argument 'protocol'. Expected tcp or udp."],
    ['create tcp 0', "'0' is invalid for argument 'startPort'. Expected a port from 1 to 65535."],
    ['create tcp 65536', "'65536' is invalid for argument 'startPort'. Expected a port from 1 to 65535."],
    ['create tcp 0x50', "'0x50' is invalid for argument 'startPort'"],
    ['create tcp 80.0', "'80.0' is invalid for argument 'startPort'"],
    ['create tcp 5000 0', "'0' is invalid for argument 'numberOfPorts'. Expected a number of ports from 1 to 65535."],
    ['create tcp 5000 many', "'many' is invalid for argument 'numberOfPorts'"],
    ['create tcp 5000 20 30', "too many arguments for 'create'. Expected 3 arguments but got 4."],
    ['list --protocol sctp', "'-p, --protocol <protocol>' argument 'sctp' is invalid. Expected tcp, udp or both."],
    ['completion fish', "'fish' is invalid for argument 'shell'. Allowed choices are bash, zsh, powershell."],
    ['list --store registry', "argument 'registry' is invalid. Allowed choices are active, persistent."],
    ['owners --port http', "'--port <port>' argument 'http' is invalid. Expected a port from 1 to 65535."],
    ['owners --pid node', "'--pid <id>' argument 'node' is invalid. Expected the id of a process, a number."],
    ['owners --pid 4294967296', "'--pid <id>' argument '4294967296' is invalid."],
    ['find --number', "option '-n, --number <number>' argument missing"],
    ['explain tcp', "missing required argument 'port'"],
    ['explain tcp 99999', "'99999' is invalid for argument 'port'. Expected a port from 1 to 65535, or a range"],
    ['map --protocol sctp', "argument 'sctp' is invalid. Expected tcp, udp or both."],
    ['map --from 0', "argument '0' is invalid. Expected a port from 1 to 65535."],
    ['map --from 90 --to 80', "'--to' must be a port from 90 to 65535; received 80"],
  ])('%s: is refused with 2, and says what is wrong', async (line, what, suggestion = '') => {
    const { exitCode, stdout, stderr } = await runCommand(line);
    const [command = ''] = line.split(' ');
    const known = commands.includes(command) ? `${command} ` : '';
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/(^|\n)error: .*\nhint: .*\n$/);
    expect(stderr).toContain(what);
    expect(stderr).toContain(suggestion);
    expect(stderr).toContain(`See: win-port-reservation ${known}--help\n`);

    const inJson = await runCommand(`${line} --json`);
    const { error, ...rest } = readDocument(inJson.stdout);
    expect(inJson.exitCode).toBe(2);
    expect(error).toMatchObject({ code: 'ERR_COMMAND_LINE', exitCode: 2 });
    expect(rest).toEqual(known === '' ? {} : { command });
  });

  it('may be wrong only because of its ports together', async () => {
    // Off Windows it reaches the simulated machine, which must not be that of the user who runs the tests.
    const simulation = install(new SimulatedWindows());
    onTestFinished(() => {
      simulation.uninstall();
    });
    const { exitCode, stderr } = await runCommand('create tcp 65500 100');
    expect(exitCode).toBe(2);
    expect(stderr).toContain("error: 'numberOfPorts' must be at most 36 for a block from 65500; received 100\n");
    const find = await runCommand('find --from-port 100 --to-port 90');
    expect(find.stderr).toContain("error: '--to-port' must be an integer from 100 to 65535; received 90\n");
    const json = readDocument((await runCommand('--json find --number 9 --from-port 60 --to-port 65')).stdout);
    expect(json).toMatchObject({ command: 'find', error: { exitCode: 2, code: 'ERR_OUT_OF_RANGE' } });
    expect((json as { error: { message: string } }).error.message).toMatch(/^'--number' must be/);
  });
});

describe('the help', () => {
  it('names every command and every exit code, and fits 80 columns', async () => {
    const { exitCode, stdout, stderr } = await runCommand('--help');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const listed = [...stdout.matchAll(/^ {2}(\w+) {2,}\w/gm)].map(([, name]) => name);
    expect(listed).toEqual([...commands, 'help', '0', '1', '2', '3', '4']);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    const narrow = (await runCommand('--help', { isTTY: true, columns: 60 })).stdout;
    for (const line of stripVTControlCharacters(narrow).split('\n')) expect(line.length).toBeLessThanOrEqual(60);
  });

  it.each(helpedCommands)('of %s has readable examples', async (command) => {
    const { exitCode, stdout } = await runCommand(`${command} --help`);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`Usage: win-port-reservation ${command} `);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    const narrow = (await runCommand(`${command} --help`, { isTTY: true, columns: 60 })).stdout;
    for (const line of stripVTControlCharacters(narrow).split('\n')) expect(line.length).toBeLessThanOrEqual(60);
    const examples = [...stdout.matchAll(/^ {2}win-port-reservation (.*)$/gm)].map(([, line = '']) => line);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) expect(example.startsWith(command)).toBe(true);
  });

  it.each(['README.md', 'docs/command-line.md'])('has the same commands as %s', (page) => {
    const text = readFileSync(page, 'utf8');
    expect(commands.filter((command) => !text.includes(`\`${command}`))).toEqual([]);
  });

  it('and the documentation have no wrong example', async () => {
    const documentation = readFileSync('docs/command-line.md', 'utf8');
    const helps = await Promise.all(['', ...helpedCommands].map((command) => runCommand(`${command} --help`.trim())));
    const texts = [documentation, ...helps.map(({ stdout }) => stdout)];
    const examples = texts.flatMap((text) => [
      ...text.matchAll(/^ *(?:npx --no-install )?win-port-reservation (\w.*)$/gm),
    ]);
    expect(examples.length).toBeGreaterThan(25);
    for (const [, example = ''] of examples) {
      const performed: Call[] = [];
      const program = createProgram({ stdout: new Screen(false), stderr: new Screen(false) }, (call) => {
        performed.push(call);
        return Promise.resolve();
      });
      await program.parseAsync(example.split(' '), { from: 'user' });
      expect(
        performed.map(({ command }) => example.startsWith(command)),
        example,
      ).toEqual([true]);
    }
  });

  it('and the documentation list the same commands and exit codes', () => {
    const documentation = readFileSync('docs/command-line.md', 'utf8');
    const documented = [...documentation.matchAll(/^\| `((?:exclude )?\w+)[ `]/gm)].map(([, command]) => command);
    expect(documented).toEqual(helpedCommands.filter((command) => command !== 'exclude'));
    const codes = [...documentation.matchAll(/^\| (\d) /gm)].map(([, code]) => Number(code));
    expect(codes).toEqual(Object.values(exitCodes));
  });

  it('has bold titles on a terminal only', async () => {
    expect((await runCommand('--help', { isTTY: true })).stdout).toContain('\u001b[1mCommands:\u001b[22m');
    expect((await runCommand('--help')).stdout).not.toContain('\u001b');
  });
});

describe('the version', () => {
  it('is that of the package', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await runCommand('--version')).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
  });
});
