// SPDX-License-Identifier: MIT

/** Matches control characters, line and paragraph separators, and the marks that reverse the direction of text. */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/**
 * Escapes each character that a terminal obeys or that reorders text, in the form `\u001b`. Names of processes and
 * services, hosts, paths and the output of programs come from outside; unescaped, they could rewrite a terminal's display.
 * Letters of every language stay as they are.
 */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Escapes a text in the same way but keeps its line breaks. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/** Names a process: `node.exe (process 812)`. Windows has no name for a process that has ended. */
export function processName(processId: number, imageName = ''): string {
  return imageName === '' ? `process ${processId}` : `${printable(imageName)} (process ${processId})`;
}
