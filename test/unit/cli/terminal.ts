// SPDX-License-Identifier: MIT
import { Writable } from 'node:stream';
import { run } from '../../../src/cli/run.js';

/** A stream that records its output, as a pipe or as a terminal with sixteen colors. */
export class Screen extends Writable {
  readonly isTTY: boolean;
  readonly columns: number;
  text = '';

  constructor(isTTY: boolean, columns = 80) {
    super({ decodeStrings: false });
    this.isTTY = isTTY;
    this.columns = columns;
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

/** Runs a command line in this process. */
export async function runCommand(line: string, { isTTY = false, columns = 80 } = {}): Promise<CommandResult> {
  const stdout = new Screen(isTTY, columns);
  const stderr = new Screen(isTTY, columns);
  const exitCode = await run(line === '' ? [] : line.split(' '), { stdout, stderr });
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}
