// SPDX-License-Identifier: MIT
export const canRunNotElevated: boolean;
export function notElevatedCommand(args: readonly string[]): string[];
