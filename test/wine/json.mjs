// SPDX-License-Identifier: MIT
// JSON with bigints, which are what tokens are.

export function toJson(value) {
  return JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? { bigint: String(item) } : item));
}

export function fromJson(text) {
  return JSON.parse(text, (_, item) => (typeof item?.bigint === 'string' ? BigInt(item.bigint) : item));
}
