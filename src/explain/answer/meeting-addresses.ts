// SPDX-License-Identifier: MIT
import { BlockList, isIP } from 'node:net';

/** Whether a socket at the one address can be in the way of one at the other. Of a name it is not known: true. */
export function canMeet(one: string, other: string): boolean {
  const [first, second] = [withoutScope(one), withoutScope(other)];
  const families = [isIP(first), isIP(second)];
  // A socket at :: can have the ports of both families.
  if (first === second || first === '::' || second === '::' || families.includes(0)) return true;
  if (families[0] !== families[1]) return false;
  return families[0] === 4 ? first === '0.0.0.0' || second === '0.0.0.0' : isSameIpv6(first, second);
}

/** The table may have a scope id where the question has none. */
function withoutScope(address: string): string {
  return address.replace(/%.*/, '').replace(/^::ffff:(?=[\d.]+$)/i, '');
}

/** Somebody may have written the zeros out. */
function isSameIpv6(one: string, other: string): boolean {
  const list = new BlockList();
  list.addAddress(one, 'ipv6');
  return list.check(other, 'ipv6');
}
