// SPDX-License-Identifier: MIT

/** `TCP port 3000`, `TCP ports 3000 and 3001`. */
export function portList(ports: readonly number[]): string {
  return `TCP ${ports.length === 1 ? 'port' : 'ports'} ${listOf(ports.map(String))}`;
}

/** `a, b and c`. */
export function listOf(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}
