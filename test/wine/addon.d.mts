// SPDX-License-Identifier: MIT
export function findAddon(folder?: string, build?: () => void): string;
