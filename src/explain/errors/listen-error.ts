// SPDX-License-Identifier: MIT

/** The properties of an error of `listen` or `bind` that are read here; the others stay as they are. */
export interface ListenError extends Error {
  readonly code: string;
  readonly syscall: string;
  readonly port: number;
  readonly address?: string | null;
}
