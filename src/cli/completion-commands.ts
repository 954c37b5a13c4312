// SPDX-License-Identifier: MIT
import { Argument, type Command } from 'commander';
import { complete, files } from './complete.js';
import { completeCommand, completionScripts, shells, type Shell } from './completion-scripts.js';
import { examplesText } from './examples-text.js';
import { mainFile } from './main-file.js';
import type { Perform, Streams } from './outcome.js';

/** Adds `completion`, which prints a script for a shell, and the hidden command that the script asks. */
export function addCompletionCommands(program: Command, perform: Perform, { stdout }: Streams): void {
  program
    .command('completion')
    .description('Print the script that lets a shell complete the commands and their options.')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .addHelpText('after', examplesText(shells.map((shell) => `completion ${shell}`)))
    .action((shell: Shell) =>
      perform({ command: 'completion', withoutWindows: true }, () => {
        const script = completionScripts[shell]({ node: process.execPath, main: mainFile() });
        return Promise.resolve({ data: { shell, script }, text: () => script });
      }),
    );
  program
    .command(completeCommand, { hidden: true })
    .argument('[words...]')
    .requiredOption('--word <word>')
    .passThroughOptions()
    .action((before: readonly string[], { word }: { word: string }) => {
      const found = complete(program, before, word);
      const lines = found === files ? [':files'] : found.map((each) => `${each.word}\t${each.description}`);
      stdout.write(lines.map((line) => `${line}\n`).join(''));
    });
}
