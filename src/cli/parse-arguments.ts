// SPDX-License-Identifier: MIT
import { Argument, InvalidArgumentError, Option } from 'commander';
import { offer } from './offered-values.js';
import { maxProcessId } from '../common/arguments.js';
import { isPort } from '../common/port-ranges.js';
import type { Protocol } from '../common/ports.js';

export function protocolArgument(): Argument {
  return offer(new Argument('<protocol>', 'tcp or udp').argParser(parseProtocol), protocols);
}

const protocols = ['tcp', 'udp'] as const;

/** @param standard - The default. Only `both` allows both. */
export function protocolOption(
  standard: Protocol | 'both',
  meaning = standard === 'both' ? 'tcp, udp or both' : 'tcp or udp',
): Option {
  const option = new Option('-p, --protocol <protocol>', meaning).default(standard);
  return standard === 'both'
    ? offer(option.argParser(parseProtocolOrBoth), [...protocols, 'both'])
    : offer(option.argParser(parseProtocol), protocols);
}

export function portArgument(name = 'startPort', description = 'first port of the block, 1 to 65535'): Argument {
  return new Argument(`<${name}>`, description).argParser(parsePort);
}

export function numberOfPortsArgument(): Argument {
  return new Argument('[numberOfPorts]', 'how many ports; the last one is at most 65535')
    .argParser(parseNumberOfPorts)
    .default(1);
}

export function parseProtocol(value: string): Protocol {
  const protocol = value.toLowerCase();
  if (protocol !== 'tcp' && protocol !== 'udp') throw new InvalidArgumentError('Expected tcp or udp.');
  return protocol;
}

export function parseProtocolOrBoth(value: string): Protocol | 'both' {
  const protocol = value.toLowerCase();
  if (protocol === 'both' || protocol === 'tcp' || protocol === 'udp') return protocol;
  throw new InvalidArgumentError('Expected tcp, udp or both.');
}

export function parsePort(value: string): number {
  return parseNumber(value, 'Expected a port from 1 to 65535.');
}

export function parseNumberOfPorts(value: string): number {
  return parseNumber(value, 'Expected a number of ports from 1 to 65535.');
}

/** Adds a port or a range, `8000-8010`, to those of the arguments before it; a port that is there already is not added. */
export function parsePorts(value: string, previous: readonly number[] = []): readonly number[] {
  const [first = 0, last = first, ...rest] = value.split('-').map(parsePortOfRange);
  if (rest.length > 0 || last < first) throw new InvalidArgumentError(portsExpected);
  const range = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return [...new Set([...previous, ...range])];
}

const portsExpected = 'Expected a port from 1 to 65535, or a range such as 8000-8010.';

function parsePortOfRange(value: string): number {
  return parseNumber(value, portsExpected);
}

export function parseProcessId(value: string): number {
  const processId = /^\d{1,10}$/.test(value) ? Number(value) : Infinity;
  if (processId > maxProcessId) throw new InvalidArgumentError('Expected the id of a process, a number.');
  return processId;
}

/** Digits only: `0x50`, `1e3` and `80.0` are more likely slips than ports. */
function parseNumber(value: string, expected: string): number {
  const number = /^\d{1,5}$/.test(value) ? Number(value) : 0;
  if (!isPort(number)) throw new InvalidArgumentError(expected);
  return number;
}
