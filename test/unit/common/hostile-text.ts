// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import { expect } from 'vitest';

/** One character of each kind that a terminal obeys or that reorders text. */
export const hostileCharacters = [
  '\0',
  '\u0007',
  '\b',
  '\t',
  '\n',
  '\r',
  '\u001b',
  '\u007f',
  '\u0085',
  '\u009b',
  '\u061c',
  '\u200e',
  '\u202e',
  '\u2028',
  '\u2029',
  '\u2066',
  '\u2069',
];

/** Names that a program or a service may have, with control characters, quotes and characters that shells obey. */
export const hostileName: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(...hostileCharacters),
      fc.constantFrom(
        '"',
        "'",
        '$(calc)',
        '`',
        '%PATH%',
        '&',
        '|',
        '^',
        '\u201d',
        ';',
        '\\',
        '--',
        '\u001b[8m',
        'サービス',
      ),
      fc.string({ unit: 'grapheme', maxLength: 4 }),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => parts.join(''));

/** Fails if a text has a character that must not be shown as it is; newlines of the package's own lines are allowed. */
export function expectPrintable(text: string, { lines = false } = {}): void {
  // Compare numbers, not with the expression under test.
  const found = Array.from(text).filter((character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code === 0x0a) return !lines;
    const isControl = code < 0x20 || (code >= 0x7f && code <= 0x9f);
    const isBidi = code === 0x061c || code === 0x200e || code === 0x200f;
    return isControl || isBidi || (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
  });
  expect(found, JSON.stringify(text)).toEqual([]);
}
