// SPDX-License-Identifier: MIT
import { styleText } from 'node:util';
import { printableLines } from '../common/printable.js';
import type { ExitCode } from './exit-codes.js';

type Format = Parameters<typeof styleText>[0];

/** Colours a text where its stream shows colours; NO_COLOR and FORCE_COLOR have the say, as in all of Node. */
export type Style = (format: Format, text: string) => string;

/** What a command came to; the program prints one half of it. */
export interface Outcome {
  /** For --json. Its bigints become decimal strings. */
  readonly data: object;
  /** For people: lines that end in a newline, or nothing. */
  readonly text: (style: Style) => string;
  /** Default done. */
  readonly exitCode?: ExitCode;
  /** What could not be found out, for stderr. */
  readonly notes?: readonly string[];
}

/** The streams that a run writes to. */
export interface Streams {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
}

export type OutputStream = NodeJS.WritableStream & { readonly columns?: number };

export function styleFor(stream: OutputStream): Style {
  return (format, text) => styleText(format, text, { stream });
}

/** Whether a style changes anything. */
export function hasColor(style: Style): boolean {
  return style('red', 'x') !== 'x';
}

/** JSON itself escapes few of the characters that a terminal obeys. Whoever parses it gets what was there. */
export function toJson(data: object): string {
  const text = JSON.stringify(data, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value), 2);
  return `${printableLines(text)}\n`;
}
