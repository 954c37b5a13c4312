// SPDX-License-Identifier: MIT

/** What an error of `listen` or `bind` has; the rest of it stays as it is. */
export interface ListenError extends Error {
  readonly code: string;
  readonly syscall: string;
  readonly port: number;
  readonly address?: string | null;
}
