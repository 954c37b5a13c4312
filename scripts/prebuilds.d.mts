// SPDX-License-Identifier: MIT
export const folders: readonly string[];
