// SPDX-License-Identifier: MIT
import { styleText } from 'node:util';
import { printableLines } from '../common/printable.js';
import type { Netsh } from '../windows/netsh.js';

type Format = Parameters<typeof styleText>[0];

/** How a stream shows text. */
export interface Style {
  /** Colors a text if the stream shows colors. NO_COLOR and FORCE_COLOR decide, as everywhere in Node. */
  (format: Format, text: string): string;
  /** The most characters in a line of sentences. */
  readonly width: number;
  /** The most characters in a line of a table: those of a terminal, and no limit for a file or a pipe. */
  readonly tableWidth: number;
}

/** The result of a command: the program prints either the data or the text. */
export interface Outcome {
  /** For --json. Its bigints become decimal strings. */
  readonly data: object;
  /** The text for people: lines that end in a newline, or nothing. */
  readonly text: (style: Style) => string;
  /** Default done. A command that runs a program may have any. */
  readonly exitCode?: number;
  /** Notes on information that the command could not get, for stderr. */
  readonly notes?: readonly string[];
}

/** A valid command line. */
export interface Call {
  /** `create`, or `exclude add`. */
  readonly command: string;
  /** The arguments to repeat in an elevated process. The options of commands that only read are left out. */
  readonly args?: readonly (string | number)[];
  /** For a command that asks Windows nothing itself. */
  readonly withoutWindows?: boolean;
  /** For a command that asks a question or prints something itself while it works. */
  readonly interactive?: boolean;
  /** Does what netsh alone can do, inside a WSL that finds no Node.js of Windows. */
  readonly byNetsh?: (netsh: Netsh) => Promise<Outcome>;
  /** The pipe to which the outcome is reported as well. */
  readonly reportTo?: string;
}

/** Does the work of a command and prints its outcome. */
export type Perform = (call: Call, work: () => Promise<Outcome>) => Promise<void>;

/** The streams of a run. */
export interface Streams {
  /** Answers questions, if it is a terminal. */
  readonly stdin?: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
}

/** Longer lines of text are hard to read. */
const widest = 80;

export type OutputStream = NodeJS.WritableStream & { readonly columns?: number; readonly isTTY?: boolean };

export function styleFor(stream: OutputStream): Style {
  const { columns = 0 } = stream;
  // A terminal that does not know its width says 0.
  const terminal = columns > 0 ? columns : undefined;
  const widths = { width: Math.min(terminal ?? widest, widest), tableWidth: terminal ?? Infinity };
  return Object.assign((format: Format, text: string) => styleText(format, text, { stream }), widths);
}

/** Tells whether a style changes anything. */
export function hasColor(style: Style): boolean {
  return style('red', 'x') !== 'x';
}

/** Prints JSON and escapes the control characters that JSON itself leaves. A parser gets the original text. */
export function toJson(data: object): string {
  const text = JSON.stringify(data, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value), 2);
  return `${printableLines(text)}\n`;
}
