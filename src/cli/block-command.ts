// SPDX-License-Identifier: MIT
import { Option, type Command } from 'commander';
import type { PortBlock, Protocol } from '../common/ports.js';
import { examplesText } from './examples-text.js';
import type { Outcome, Perform } from './outcome.js';
import { numberOfPortsArgument, portArgument, protocolArgument } from './parse-arguments.js';

export interface BlockCommand {
  /** The full name: that of a subcommand begins with the name of its parent. */
  readonly name: string;
  readonly description: string;
  readonly examples: readonly string[];
  /** Switches, for instance `--dry-run`, with what they do. */
  readonly switches?: Readonly<Record<string, string>>;
  /** Whether it asks a question or prints something while it works. */
  readonly interactive?: boolean;
  /** @param given - The switches of the command line, without their hyphens. */
  readonly run: (block: PortBlock, given: ReadonlySet<string>) => Promise<Outcome>;
}

/** Adds a command with the arguments of the six functions of Windows. */
export function addBlockCommand(parent: Command, perform: Perform, definition: BlockCommand): void {
  const { name, description, examples, switches = {}, interactive = false, run } = definition;
  const command = parent
    .command(name.split(' ').at(-1) ?? name)
    .description(description)
    .addArgument(protocolArgument())
    .addArgument(portArgument())
    .addArgument(numberOfPortsArgument())
    .addHelpText('after', examplesText(examples));
  const options = Object.entries(switches).map(([flag, meaning]) => new Option(`--${flag}`, meaning));
  for (const option of options) command.addOption(option);
  // The elevated process that `--elevate` starts reports to the one that waits for it.
  if ('elevate' in switches) command.addOption(new Option('--report-to <pipe>').hideHelp());
  command.action((protocol: Protocol, startPort: number, numberOfPorts: number, values: Record<string, unknown>) => {
    const given = options.filter((option) => values[option.attributeName()] === true).map((option) => option.name());
    const { reportTo } = values;
    const call = {
      command: name,
      interactive,
      args: [protocol, startPort, numberOfPorts, ...given.map((flag) => `--${flag}`)],
      ...(typeof reportTo === 'string' && { reportTo }),
    };
    return perform(call, () => run({ protocol, startPort, numberOfPorts }, new Set(given)));
  });
}
