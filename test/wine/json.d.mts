// SPDX-License-Identifier: MIT
export function toJson(value: unknown): string;
export function fromJson(text: string): unknown;
