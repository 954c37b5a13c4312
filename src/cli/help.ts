// SPDX-License-Identifier: MIT
import { styleText } from 'node:util';
import type { AddHelpTextContext, HelpConfiguration } from 'commander';
import { exitCodeMeanings } from './exit-codes.js';
import { wrap } from './wrap.js';

/** Formats the help of each command so that it fits a terminal of 60 columns too. */
export const helpConfiguration: HelpConfiguration = {
  showGlobalOptions: true,
  // A lower limit than Commander's, which leaves narrower descriptions to the terminal.
  minWidthToWrap: 20,
  // Commander removes colors if the stream shows none.
  styleTitle: (title) => styleText('bold', title, { validateStream: false }),
  // Shows the name only: with all arguments there is no room for the description.
  subcommandTerm: (command) => command.name(),
  styleUsage(usage) {
    const title = 'Usage: ';
    const width = this.helpWidth ?? 80;
    return wrap(usage, { width }, ' '.repeat(title.length)).join('\n').trimStart();
  },
};

/** Prints the exit codes in the width of the help. */
export function exitCodeHelp({ command }: AddHelpTextContext): string {
  const width = command.configureOutput().getOutHelpWidth?.() ?? 80;
  const lines = Object.entries(exitCodeMeanings).flatMap(([code, meaning]) => wrap(meaning, { width }, `  ${code}  `));
  return ['', 'Exit codes:', ...lines].join('\n');
}
