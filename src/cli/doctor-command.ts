// SPDX-License-Identifier: MIT
import { Argument, type Command } from 'commander';
import { examplesText } from './examples-text.js';
import { parsePort } from './parse-arguments.js';
import type { Perform } from './outcome.js';

export function addDoctorCommand(program: Command, perform: Perform): void {
  program
    .command('doctor')
    .description('Check the machine for what keeps programs from their ports, and say what to do.')
    .addArgument(
      new Argument('[ports...]', 'TCP ports, 1 to 65535 (default: those of development servers)').argParser(addPort),
    )
    .addHelpText('after', '\nThe exit code is 4 if something is a problem.')
    .addHelpText('after', examplesText(['doctor', 'doctor 3000 5173', 'doctor --json']))
    .action((ports: readonly number[]) =>
      perform({ command: 'doctor', args: ports }, async () => (await import('./commands/doctor.js')).doctor(ports)),
    );
}

function addPort(value: string, before: readonly number[] | undefined): number[] {
  return [...(before ?? []), parsePort(value)];
}
