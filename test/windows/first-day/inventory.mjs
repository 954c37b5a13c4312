// SPDX-License-Identifier: MIT
import { listExcludedPortRanges } from 'win-port-reservation';

/**
 * Lists every row of the tables of excluded ports, which show what the run could leave behind: exclusions, and reservations
 * of all kinds.
 *
 * @returns {Promise<string[]>}
 */
export async function inventory() {
  const rows = [];
  for (const store of ['active', 'persistent']) {
    for (const { protocol, startPort, endPort, administered } of await listExcludedPortRanges({ store })) {
      rows.push(`${protocol} ${startPort}-${endPort}${administered ? ' *' : ''} (${store})`);
    }
  }
  return rows;
}

/** Compares two inventories. WinNAT may take a block at any time, so a difference need not come from the run. */
export function changesBetween(/** @type {string[]} */ before, /** @type {string[]} */ after) {
  return [
    ...after.filter((row) => !before.includes(row)).map((row) => `new: ${row}`),
    ...before.filter((row) => !after.includes(row)).map((row) => `gone: ${row}`),
  ];
}
