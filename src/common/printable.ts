// SPDX-License-Identifier: MIT

/** Control characters, the separators of lines and paragraphs, and what turns the direction of text round. */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/**
 * Writes each character of a text that a terminal obeys, or that moves text about, as `\u001b` is written here. Names of
 * processes and services, hosts, paths and the output of programs come from outside: as they are, they could rewrite what
 * a terminal shows. Letters of every language stay as they are.
 */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The same for a text that may have several lines, which stay. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}
