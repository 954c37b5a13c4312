// SPDX-License-Identifier: MIT

/**
 * Matches control characters, line and paragraph separators, and the marks that reverse the direction of text: all that is outside
 * of these ranges. Unicode properties would say the same, but V8 looks them up when it reads the file, and the import would take a
 * fifth longer.
 */
const unprintable = /[^ -~\u00a0-\u061b\u061d-\u200d\u2010-\u2027\u202f-\u2065\u206a-\uffff]/g;

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
