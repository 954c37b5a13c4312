// SPDX-License-Identifier: MIT
import { Option, type Command } from 'commander';
import { examplesText } from './examples-text.js';
import type { RunOptions } from './commands/run.js';
import type { Perform } from './outcome.js';

export const runCommandName = 'run';

/** Adds `run`, whose options end where the command begins, because PowerShell removes a `--` between them. */
export function addRunCommand(program: Command, perform: Perform): void {
  program
    .command(runCommandName)
    .description('Run a command, and say why when a Node program in it is refused a port.')
    .argument('<command...>', 'any program with its arguments')
    .passThroughOptions()
    .addOption(
      new Option('--explain <where>', 'stderr: at once; message: in the message of the error')
        .choices(['stderr', 'message'])
        .default('stderr'),
    )
    .option('--simulate', 'run it on the simulated Windows')
    .addHelpText('after', '\nThe exit code is that of the command.')
    .addHelpText('after', examplesText(['run -- npm run dev', 'run --explain message -- node app.js']))
    .action((command: readonly string[], options: RunOptions) =>
      perform({ command: runCommandName, withoutWindows: true, interactive: true }, async () =>
        (await import('./commands/run.js')).runCommand(command, options),
      ),
    );
}
