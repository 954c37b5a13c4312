// SPDX-License-Identifier: MIT
import { Writable } from 'node:stream';
import type { Style } from '../../../src/cli/outcome.js';
import { run } from '../../../src/cli/run.js';
import type { EverySecond } from '../../../src/cli/waiting.js';

/** A stream that records its output, as a pipe or as a terminal with sixteen colors. */
export class Screen extends Writable {
  readonly isTTY: boolean;
  /** A pipe has none, unless a test gives it one. */
  readonly columns?: number;
  text = '';

  constructor(isTTY: boolean, columns = isTTY ? 80 : undefined) {
    super({ decodeStrings: false });
    this.isTTY = isTTY;
    if (columns !== undefined) this.columns = columns;
  }

  getColorDepth(): number {
    return 4;
  }

  override _write(chunk: string, _: BufferEncoding, callback: () => void): void {
    this.text += chunk;
    callback();
  }
}

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The style of a pipe, without limits of width. */
export const plainStyle: Style = withoutLimits((_, text) => text);

/** Gives a function that colors the widths of a style. */
export function withoutLimits(color: (...[format, text]: Parameters<Style>) => string): Style {
  return Object.assign(color, { width: Infinity, tableWidth: Infinity });
}

/** Lets no second pass. */
const never: EverySecond = () => () => undefined;

/** Runs a command line in this process. */
export async function runCommand(
  line: string,
  { isTTY = false, columns, every = never }: { isTTY?: boolean; columns?: number; every?: EverySecond } = {},
): Promise<CommandResult> {
  const stdout = new Screen(isTTY, columns);
  const stderr = new Screen(isTTY, columns);
  const exitCode = await run(line === '' ? [] : line.split(' '), { stdout, stderr }, every);
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}
