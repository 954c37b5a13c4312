// SPDX-License-Identifier: MIT
import { checkHost, checkPort, checkProtocol, invalidType } from '../../common/arguments.js';
import { errorCodes, type Win32ErrorCode } from '../../common/error-codes.js';
import { isPort } from '../../common/port-ranges.js';
import type { PortBlock, Protocol } from '../../common/ports.js';
import { knownProtocols, noListenError, type ErrorProperties } from './error-properties.js';
import type { EarlierRefusal, PortQuestion } from './facts.js';

/** The codes that libuv gives to the error numbers of Windows. */
const nodeCodes = new Map<unknown, Win32ErrorCode>([
  ['EACCES', 'WSAEACCES'],
  ['EADDRINUSE', 'WSAEADDRINUSE'],
  ['EADDRNOTAVAIL', 'WSAEADDRNOTAVAIL'],
]);

/** The errors of this package for a port or a block that was refused. */
const refusals = new Set<unknown>([
  'WSAEACCES',
  'WSAEADDRINUSE',
  'WSAEADDRNOTAVAIL',
  'WSAEAFNOSUPPORT',
  'ERROR_ACCESS_DENIED',
  'ERROR_SHARING_VIOLATION',
] satisfies Win32ErrorCode[]);

const wildcards = new Set(['::', '0.0.0.0']);

/** The options of `explainPort`, each read once. */
export type ExplainOptions = Readonly<Record<'protocol' | 'port' | 'startPort' | 'host', unknown>>;

export function readOptions({ protocol, host, ...ports }: ExplainOptions): PortQuestion {
  checkProtocol('options.protocol', protocol);
  const port = readPort(ports);
  if (host === undefined) return { protocol, port };
  checkHost('options.host', host);
  return { protocol, port, host, bindTo: host };
}

/** Reads the one port that the options name, or the first port of the block that they are. */
function readPort({ port, startPort }: Pick<ExplainOptions, 'port' | 'startPort'>): number {
  if (port === undefined && startPort !== undefined) {
    checkPort('options.startPort', startPort, 1);
    return startPort;
  }
  if (startPort !== undefined) throw invalidType('options.startPort', 'undefined where there is a port', startPort);
  checkPort('options.port', port, 1);
  return port;
}

/**
 * Reads the question from an error of `listen` or `bind`.
 *
 * @param properties - The properties that were read from the error.
 * @param protocol - The protocol, if it is known from elsewhere.
 * @throws TypeError: the error is of another kind.
 */
export function readError(error: object, properties: ErrorProperties, protocol?: Protocol): PortQuestion {
  const question = readNodeError(error, properties, protocol) ?? readOwnError(properties);
  if (question) return question;
  throw noListenError(error);
}

function readNodeError(
  error: object,
  { code, syscall, port, address, stack }: ErrorProperties,
  known: Protocol | undefined,
): PortQuestion | undefined {
  const symbol = nodeCodes.get(code);
  if (symbol === undefined || !isPort(port) || (syscall !== 'listen' && syscall !== 'bind')) return undefined;
  const isTcp = syscall === 'listen' || address === null || isOfNet(stack);
  const protocol = known ?? knownProtocols.get(error) ?? (isTcp ? 'tcp' : 'udp');
  const { errorNumber } = errorCodes[symbol];
  return { protocol, port, ...place(address), refusal: { call: syscall, code: String(code), errorNumber } };
}

/** Tells TCP by where the error was made: workers of a cluster and clients with a local port say `bind` for TCP too. */
function isOfNet(stack: unknown): boolean {
  return typeof stack === 'string' && stack.includes('(node:net:');
}

/** Reads a PortReservationError, also of another copy of this package or sent from another thread. */
function readOwnError(properties: ErrorProperties): PortQuestion | undefined {
  const { code, errno, syscall, protocol, startPort, numberOfPorts, host } = properties;
  if ((protocol !== 'tcp' && protocol !== 'udp') || typeof errno !== 'number' || typeof syscall !== 'string') {
    return undefined;
  }
  if (!refusals.has(code)) return undefined;
  const refusal = { call: syscall, code: String(code), errorNumber: errno };
  if (startPort === 0 && isLackOfElevation(refusal)) return { protocol, port: 0, refusal };
  if (!isPort(startPort)) return undefined;
  const block: PortBlock | undefined = isPort(numberOfPorts) ? { protocol, startPort, numberOfPorts } : undefined;
  return { protocol, port: startPort, ...place(host), refusal: { ...refusal, block } };
}

/** Tells whether an elevated process would not have been refused. */
export function isLackOfElevation({ call, errorNumber }: EarlierRefusal): boolean {
  if (errorNumber === errorCodes.ERROR_ACCESS_DENIED.errorNumber) return true;
  return call.startsWith('WSAIoctl(SIO_ASSOCIATE') && errorNumber === errorCodes.WSAEACCES.errorNumber;
}

function place(address: unknown): Pick<PortQuestion, 'host' | 'bindTo'> {
  if (typeof address !== 'string' || address === '') return {};
  return wildcards.has(address) ? { bindTo: address } : { host: address, bindTo: address };
}
