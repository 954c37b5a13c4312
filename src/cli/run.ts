// SPDX-License-Identifier: MIT
import { CommanderError, type Command } from 'commander';
import { printable } from '../common/printable.js';
import { completeCommand } from './completion-scripts.js';
import { exitCodes } from './exit-codes.js';
import { messageLines } from './wrap.js';
import { styleFor, toJson, type Streams, type Call } from './outcome.js';
import { createProgram, helpCommand } from './program.js';
import { needsWindowsAroundWsl, provideWindows, simulateFlag } from './provide-windows.js';
import { runCommandName } from './run-command.js';
import { everySecond, showWaiting } from './waiting.js';

/**
 * Runs one command line.
 *
 * @param args - Without the program's own name.
 * @param every - Says when a second of waiting has passed.
 * @returns The exit code.
 */
export async function run(args: readonly string[], streams: Streams, every = everySecond): Promise<number> {
  const { stdout, stderr } = streams;
  // The words that follow these commands are not for this one.
  const isPassedOn = args[0] === runCommandName || args[0] === completeCommand;
  const has = (flag: string): boolean => !isPassedOn && args.includes(flag);
  const [isJson, isSimulated] = [has('--json'), has(simulateFlag)];
  const stderrStyle = styleFor(stderr);
  let exitCode: number = exitCodes.done;
  let call: Call | undefined;
  const program = createProgram(streams, async (performed, work) => {
    call = performed;
    const asksWindows = performed.withoutWindows !== true;
    let answer = work;
    if (asksWindows && needsWindowsAroundWsl(isSimulated)) {
      const { findNetsh, runInWindows } = await import('./inside-wsl.js');
      const inWindows = await runInWindows(args);
      if (inWindows !== undefined) {
        exitCode = inWindows;
        return;
      }
      const netsh = isJson || performed.byNetsh === undefined ? undefined : await findNetsh();
      if (netsh && performed.byNetsh) answer = performed.byNetsh.bind(undefined, netsh);
    }
    if (asksWindows && answer === work) await provideWindows(stderr, stderrStyle, isSimulated);
    const {
      data,
      text,
      exitCode: outcomeCode = exitCodes.done,
      notes = [],
    } = await (performed.interactive === true ? answer() : showWaiting(answer, stderr, every));
    for (const note of notes) {
      stderr.write(`${messageLines('note:', 'yellow', printable(note), stderrStyle).join('\n')}\n`);
    }
    const document = toJson({ command: call.command, ...data });
    stdout.write(isJson ? document : text(styleFor(stdout)));
    await reportOutcome(call, document);
    exitCode = outcomeCode;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.done;
    // Not loaded at the start, because most commands succeed.
    const { printError, reportError } = await import('./report-error.js');
    const failed = call ?? { command: findCommand(program, args) };
    const report = reportError(error, failed);
    const { command } = failed;
    const document = toJson({ ...(command !== '' && { command }), error: report });
    if (isJson) stdout.write(document);
    else stderr.write(printError(report, stderrStyle));
    await reportOutcome(failed, document);
    return report.exitCode;
  }
}

/** Reports to the process that started this one elevated. It may have ended and not wait for the report. */
async function reportOutcome({ reportTo: address }: Call, document: string): Promise<void> {
  if (address === undefined) return;
  const { reportTo } = await import('./elevated-run.js');
  await reportTo(address, document).catch(() => undefined);
}

/** Finds the command that an invalid command line names; empty if it names none. */
function findCommand(program: Command, args: readonly string[]): string {
  const [name, ...rest] = args.filter((argument) => !argument.startsWith('-'));
  const command = program.commands.find((each) => each.name() === name);
  return command === undefined || command.name() === helpCommand
    ? ''
    : [command.name(), findCommand(command, rest)].join(' ').trim();
}
