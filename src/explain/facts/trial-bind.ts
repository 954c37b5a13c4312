// SPDX-License-Identifier: MIT
import { errorCodes } from '../../common/error-codes.js';
import { isCallFailure } from '../../common/errors.js';
import { getBinding } from '../../windows/binding.js';
import { resolveHost, type HostAddress } from '../../sockets/bound-socket.js';
import { inBothFamilies } from '../../windows/every-address.js';
import type { Protocol } from '../../common/ports.js';
import { bindRequest, socketRequest, wildcard } from '../../windows/winsock.js';
import type { BindAttempt, PortQuestion } from './facts.js';

const { WSAEADDRNOTAVAIL, WSAEAFNOSUPPORT } = errorCodes;

/** Node's code for a name that does not exist. */
export const unknownName = 'ENOTFOUND';

/**
 * Makes a test bind where Node would, and closes the socket right away. Without a host, `listen` takes all addresses by the
 * rule of {@link inBothFamilies}, and a udp4 socket those of IPv4.
 */
export async function tryToBind({ protocol, port, bindTo }: PortQuestion): Promise<BindAttempt[]> {
  const atEveryAddress = (family: 4 | 6): Promise<BindAttempt> =>
    attempt(protocol, port, { address: wildcard[family], family });
  if (bindTo !== undefined) {
    const found = await lookUp(bindTo);
    return ['family' in found ? await attempt(protocol, port, found) : found];
  }
  if (protocol === 'udp') return [await atEveryAddress(4)];
  const attempts: BindAttempt[] = [];
  await inBothFamilies(async (family) => {
    const made = await atEveryAddress(family);
    attempts.push(made);
    return made;
  });
  return attempts;
}

/**
 * Also tries any port of the given address where this one is refused: Windows may refuse a port for its own sake before it
 * looks at the address, and whoever gave an address that is not of this machine has to hear of that first.
 */
export async function tryPortAndAddress(question: PortQuestion): Promise<BindAttempt[]> {
  const attempts = await tryToBind(question);
  const [first] = attempts;
  const isRefused = first?.errorNumber !== undefined && first.errorNumber !== 0;
  if (question.bindTo === undefined || !isRefused || isForeignAddress(first)) return attempts;
  const anywhere = await tryToBind({ ...question, port: 0 });
  return [...attempts, ...anywhere.filter(isForeignAddress).map((each) => ({ ...each, port: 0 }))];
}

/** Tells whether Windows refused the address itself. */
export function isForeignAddress({ errorNumber }: Pick<BindAttempt, 'errorNumber'>): boolean {
  return errorNumber === WSAEADDRNOTAVAIL.errorNumber || errorNumber === WSAEAFNOSUPPORT.errorNumber;
}

async function lookUp(host: string): Promise<HostAddress | BindAttempt> {
  try {
    const [address] = await resolveHost(host);
    if (address) return address;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return { address: host, call: 'getaddrinfo', lookupCode: code };
  }
  return { address: host, call: 'getaddrinfo', lookupCode: unknownName };
}

async function attempt(protocol: Protocol, port: number, { address, family }: HostAddress): Promise<BindAttempt> {
  const opened = await getBinding().openSocket(
    socketRequest(protocol, family, { bind: bindRequest(address, port, false) }),
  );
  if (isCallFailure(opened)) return { address, call: opened.call, errorNumber: opened.errorNumber };
  await opened.socket.close();
  return { address, call: 'bind', errorNumber: 0 };
}
