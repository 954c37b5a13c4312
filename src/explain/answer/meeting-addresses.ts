// SPDX-License-Identifier: MIT
import { BlockList, isIP } from 'node:net';

/**
 * Tells whether a socket at one address can block a bind at the other. True for a name, whose addresses are not known.
 */
export function canMeet(one: string, other: string): boolean {
  const [first, second] = [withoutScope(one), withoutScope(other)];
  const families = [isIP(first), isIP(second)];
  // A socket at :: can use the port of both families.
  if (first === second || first === '::' || second === '::' || families.includes(0)) return true;
  if (families[0] !== families[1]) return false;
  return families[0] === 4 ? first === '0.0.0.0' || second === '0.0.0.0' : isSameIpv6(first, second);
}

/** Removes the scope id, which the table of sockets may give where the question does not. */
function withoutScope(address: string): string {
  return address.replace(/%.*/, '').replace(/^::ffff:(?=[\d.]+$)/i, '');
}

/** Compares by value: the caller may have written the zeros out. */
function isSameIpv6(one: string, other: string): boolean {
  const list = new BlockList();
  list.addAddress(one, 'ipv6');
  return list.check(other, 'ipv6');
}
