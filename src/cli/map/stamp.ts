// SPDX-License-Identifier: MIT
import { hostname } from 'node:os';
import { installed } from '../../windows/installed-windows.js';

/** The machine that a map shows, and when. */
export interface Stamp {
  readonly host: string;
  readonly date: Date;
}

/** Names this machine, or the simulated one in front of it, and the time. */
export function stampNow(): Stamp {
  return { host: installed.length > 0 ? 'a simulated Windows' : hostname(), date: new Date() };
}

/** `2026-11-28 20:01 UTC`. */
export function dateText({ date }: Stamp): string {
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
