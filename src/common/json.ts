// SPDX-License-Identifier: MIT

const deepest = 8;
const ofErrors = ['name', 'message', 'cause'];

/**
 * Copies the fields of an object into values that JSON can hold. A bigint becomes a decimal string, and a circle is cut,
 * because JSON would throw for them. An error keeps its name, message and cause, which JSON leaves out. This function
 * never throws, because programs log in places where nothing may throw.
 *
 * @param above - The objects that contain this one.
 */
export function fieldsForJson(value: object, above: readonly object[] = []): Record<string, unknown> {
  const names = new Set([...(value instanceof Error ? ofErrors : []), ...Object.keys(value)]);
  const fields = [...names].map((name) => [name, tryForJson(() => Reflect.get(value, name), [...above, value])]);
  return Object.fromEntries(fields.filter(([, field]) => field !== undefined)) as Record<string, unknown>;
}

/** Lets JSON write the token of a plain object. The object stays plain, so a copy in another thread lacks this `toJSON`. */
export function withJson<Block extends { readonly token: bigint }>(block: Block): Block {
  return Object.defineProperty(block, 'toJSON', { value: () => fieldsForJson(block) });
}

function tryForJson(read: () => unknown, above: readonly object[]): unknown {
  try {
    return forJson(read(), above);
  } catch {
    // A getter, a toJSON or a proxy of the caller.
    return '[cannot be read]';
  }
}

function forJson(value: unknown, above: readonly object[]): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (above.includes(value) || above.length === deepest) return '[...]';
  if (Array.isArray(value)) return Array.from(value, (item) => tryForJson(() => item, [...above, value]) ?? null);
  // An error may be its own cause, so its own toJSON is not called.
  if (value instanceof Error || !('toJSON' in value) || typeof value.toJSON !== 'function') {
    return fieldsForJson(value, above);
  }
  return tryForJson(() => Reflect.apply(value.toJSON as () => unknown, value, []), [...above, value]);
}
