// SPDX-License-Identifier: MIT
// Reads and writes JSON with bigints, because tokens are bigints.

export function toJson(value) {
  return JSON.stringify(value, function (key, item) {
    // Rows with a token have a toJSON that writes decimal strings.
    const raw = typeof this[key]?.toJSON === 'function' ? { ...this[key] } : item;
    return typeof raw === 'bigint' ? { bigint: String(raw) } : raw;
  });
}

export function fromJson(text) {
  return JSON.parse(text, (_, item) => (typeof item?.bigint === 'string' ? BigInt(item.bigint) : item));
}
