// SPDX-License-Identifier: MIT

/** The examples at the end of a help text. */
export function examplesText(commands: readonly string[]): string {
  return ['', 'Examples:', ...commands.map((command) => `  win-port-reservation ${command}`)].join('\n');
}
