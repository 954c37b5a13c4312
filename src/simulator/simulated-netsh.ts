// SPDX-License-Identifier: MIT
import { type CallFailure, isCallFailure } from '../common/errors.js';
import { errorCodes } from '../common/error-codes.js';
import { commandName } from '../windows/netsh-error.js';
import type { Netsh, NetshResult } from '../windows/netsh.js';
import type { PortBlock, Protocol } from '../common/ports.js';
import { perform, type MachineAccess } from './machine-access.js';
import type { Store } from './model/listing.js';
import type { SimulatedWindows } from './model/machine.js';
import { isPortRange } from './model/port-range.js';
import { Refusal } from './model/refusal.js';

/** Stands in for netsh, for one process of a simulated machine. */
export function simulatedNetsh(access: MachineAccess, formatMessage: (errorNumber: number) => string): Netsh {
  return async (args) => {
    const result = await runSimulatedNetsh(access, args);
    // For an error of Windows, netsh prints the system's text.
    return isCallFailure(result) ? failure(formatMessage(result.errorNumber)) : result;
  };
}

/**
 * Runs a netsh command on a machine. An error of Windows is returned as a CallFailure, so that the caller can print the
 * system's text for it. To plan a failure or a delay, use the name of the command, for example `netsh interface ipv4
 * show excludedportrange`.
 */
export function runSimulatedNetsh(access: MachineAccess, args: readonly string[]): Promise<NetshResult | CallFailure> {
  return perform(access, commandName(args), (process, machine) => {
    const [context = '', family = '', verb = '', object = '', ...parameters] = args;
    const command = commands[`${verb} ${object}`];
    if (!/^int(erface)?$/.test(context) || !/^ipv[46]$/.test(family) || command === undefined) {
      return failure(`There is no such command: ${args.join(' ')}`);
    }
    const values = readParameters(parameters, command.parameters);
    const { protocol, store: named = command.stores[0] } = values ?? {};
    const store = command.stores.find((each) => each === named);
    if ((protocol !== 'tcp' && protocol !== 'udp') || store === undefined) {
      const usage = [...command.parameters.map((name) => `${name}=`), command.stores.join('|')];
      return failure(`Usage: ${verb} ${object} ${usage.join(' ')}`);
    }
    if (command.needsElevation && !process.elevated) return failure('Only an elevated process may do this.');
    return { exitCode: 0, output: print(command.run(machine, { ...values, protocol, store })) };
  });
}

interface Command {
  /** The names of the parameters, in the order in which their values may be given without them. */
  readonly parameters: readonly string[];
  /** The values of the last parameter, default first. */
  readonly stores: readonly Store[];
  readonly needsElevation: boolean;
  /** Returns the lines to print. */
  run(machine: SimulatedWindows, values: CheckedValues): string[];
}

type Values = Readonly<Record<string, string>>;
type CheckedValues = Values & { readonly protocol: Protocol; readonly store: Store };

const show = { parameters: ['protocol', 'store'], stores: ['active', 'persistent'] as const, needsElevation: false };
const change = {
  parameters: ['protocol', 'startport', 'numberofports', 'store'],
  stores: ['persistent', 'active'] as const,
  needsElevation: true,
};

const commands: Readonly<Record<string, Command>> = {
  'show excludedportrange': { ...show, run: excludedTable },
  'show dynamicport': { ...show, run: dynamicRange },
  'set dynamicport': {
    parameters: ['protocol', 'start', 'num', 'store'],
    stores: ['persistent', 'active'],
    needsElevation: true,
    run: (machine, { protocol, start, num }) => {
      machine.setDynamicRange(checkedBlock({ protocol, startPort: Number(start), numberOfPorts: Number(num) }));
      return ['Done.'];
    },
  },
  'add excludedportrange': {
    ...change,
    run: (machine, values) => {
      machine.addExcludedPortRange(readBlock(values), values.store);
      return ['Done.'];
    },
  },
  'delete excludedportrange': {
    ...change,
    run: (machine, values) => {
      machine.deleteExcludedPortRange(readBlock(values), values.store);
      return ['Done.'];
    },
  },
};

/** Reads `name=value`, or values alone in the order of the names; returns undefined for anything else. */
function readParameters(parameters: readonly string[], names: readonly string[]): Values | undefined {
  const entries = parameters.map((parameter, index): [string | undefined, string] => {
    const [name = '', value] = parameter.toLowerCase().split('=', 2);
    return value === undefined ? [names[index], name] : [name, value];
  });
  if (entries.some(([name]) => name === undefined || !names.includes(name))) return undefined;
  return Object.fromEntries(entries) as Values;
}

function readBlock({ protocol, startport, numberofports }: CheckedValues): PortBlock {
  return checkedBlock({ protocol, startPort: Number(startport), numberOfPorts: Number(numberofports) });
}

function checkedBlock(block: PortBlock): PortBlock {
  if (!isPortRange(block)) throw new Refusal(errorCodes.ERROR_INVALID_PARAMETER.errorNumber);
  return block;
}

// The layout is that of Windows, whose columns are the same in every language. The words are this package's.

function excludedTable(machine: SimulatedWindows, { protocol, store }: CheckedValues): string[] {
  const shown = machine.excludedPortRanges(protocol, store);
  return [
    `Excluded ranges of ${protocol} ports (simulated)`,
    '',
    'First Port    Last Port',
    '----------    ---------',
    ...shown.map(({ startPort, endPort, administered }) => {
      const numbers = String(startPort).padStart(10) + String(endPort).padStart(12);
      return numbers + (administered ? '     *' : '      ');
    }),
    '',
    '* - Excluded by an administrator.',
  ];
}

function dynamicRange(machine: SimulatedWindows, { protocol }: CheckedValues): string[] {
  const { startPort, numberOfPorts } = machine.dynamicRangeOf(protocol);
  return [
    `Dynamic range of ${protocol} ports (simulated)`,
    '---------------------------------',
    `First Port        : ${startPort}`,
    `How Many          : ${numberOfPorts}`,
  ];
}

function failure(words: string): NetshResult {
  return { exitCode: 1, output: print([words]) };
}

function print(lines: string[]): string {
  return ['', ...lines, '', ''].join('\r\n');
}
