// SPDX-License-Identifier: MIT
import { advisedCommand } from '../../common/advised-command.js';
import { findErrorCode } from '../../common/error-codes.js';
import type { Protocol } from '../../common/ports.js';
import type { PortOwner } from '../../calls/port-owners.js';
import type { PortQuestion } from '../facts/facts.js';
import type { PortAdvice } from '../port-explanation.js';
import { fileSharingPorts, systemProcessId } from './range-holder.js';

export function protocolName(protocol: Protocol): string {
  return protocol.toUpperCase();
}

/** Gives an advice as text, with its commands. */
export function adviceText({ text, commands = [] }: Pick<PortAdvice, 'text' | 'commands'>): string {
  if (commands.length === 0) return text;
  return `${text} ${commands.length === 1 ? 'Command' : 'Commands'}: ${commands.join(', ')}.`;
}

/** Names the command that offers another port. */
export function otherPortText(protocol: Protocol, port: number): string {
  return `This command offers another port: ${advisedCommand(`explain ${protocol} ${port}`)}`;
}

/** `TCP port 3000`. */
export function barePortName({ protocol, port }: PortQuestion): string {
  return `${protocolName(protocol)} port ${port}`;
}

/** Adds the host, if one was asked for. */
export function portName(question: PortQuestion): string {
  const { host } = question;
  return host === undefined ? barePortName(question) : `${barePortName(question)} at ${host}`;
}

/** `WSAEACCES`. */
export function symbolOf(errorNumber: number): string {
  return findErrorCode(errorNumber) ?? `error ${errorNumber}`;
}

/** `WSAEACCES (10013)`. */
export function errorName(errorNumber: number): string {
  const symbol = findErrorCode(errorNumber);
  return symbol ? `${symbol} (${errorNumber})` : `error ${errorNumber}`;
}

/** `node.exe (process 1234)`. */
export function ownerName({ processId, imageName, serviceNames, ...socket }: PortOwner, own?: number): string {
  if (processId === own) return `this process (${processId})`;
  if (processId === 0) return 'a closed connection';
  if (processId === systemProcessId) return systemName(socket.port);
  const services = serviceNames.length > 0 ? `, ${countNames('service', serviceNames)}` : '';
  return imageName === undefined ? `process ${processId}${services}` : `${imageName} (process ${processId}${services})`;
}

/** Names the kernel. Not always http.sys: other drivers have ports too (PPTP 1723, L2TP 1701, NFS 2049). */
function systemName(port: number): string {
  return fileSharingPorts.includes(port)
    ? `Windows file sharing (System, process ${systemProcessId})`
    : `the kernel (System, process ${systemProcessId}, usually http.sys)`;
}

function countNames(noun: string, names: readonly string[]): string {
  return `${noun}${names.length === 1 ? '' : 's'} ${names.join(', ')}`;
}

/** Names the owners, each process once, and at most three of them. */
export function ownerNames(owners: readonly PortOwner[], own?: number): string {
  const names = [...new Set(owners.map((owner) => ownerName(owner, own)))];
  const rest = names.length - 3;
  if (rest > 0) return `${names.slice(0, 3).join(', ')} and ${rest} more`;
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}

export function addressesOf(owners: readonly PortOwner[]): string {
  return [...new Set(owners.map(({ address }) => address))].join(' and ');
}
