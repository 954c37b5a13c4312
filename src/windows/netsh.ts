// SPDX-License-Identifier: MIT
import { isUtf8 } from 'node:buffer';
import path from 'node:path';
import { take } from '../common/arguments.js';
import { commandName, netshError } from './netsh-error.js';
import { type ProgramEnd, runProgram, windowsFolder } from './run-program.js';

/** The result of a netsh command. */
export interface NetshResult {
  /** 0 when netsh succeeded; usually 1 when it failed, for any reason. */
  readonly exitCode: number;
  /** The printed text. Digits, stars, dashes and spaces are right in any code page; letters may be damaged. */
  readonly output: string;
}

/** Runs `netsh` with arguments; each is one word. */
export type Netsh = (args: readonly string[]) => Promise<NetshResult>;

export interface NetshSettings {
  /** The environment that names SystemRoot; default that of this process. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Default 10,000; netsh usually takes a moment. */
  readonly timeLimitMs?: number;
}

// A table with a row for every single port takes 2 MB.
const maximalOutput = 16 * 1024 * 1024;

/** Makes a function that starts the netsh of this Windows by its absolute path, without a shell and without a window. */
export function createNetsh(settings: NetshSettings = {}): Netsh {
  const given = take('settings', settings, ['environment', 'timeLimitMs']) as NetshSettings;
  const { environment = process.env, timeLimitMs = 10_000 } = given;
  return async (args) => {
    const windows = windowsFolder(environment);
    if (windows === undefined) {
      throw netshError('ERR_NETSH_NOT_FOUND', 'The environment has no SystemRoot with an absolute path.', {
        hint: 'If a parent process starts this one with its own environment, let it pass SystemRoot on.',
        syscall: commandName(args),
      });
    }
    const folder = path.join(windows, 'System32');
    const file = path.join(folder, 'netsh.exe');
    const end = await runProgram(file, args, { folder, timeLimitMs, maximalOutput });
    return resultOf(end, args, file, timeLimitMs);
  };
}

function resultOf(end: ProgramEnd, args: readonly string[], file: string, timeLimitMs: number): NetshResult {
  const { exitCode = 1, stdout, stderr, failure } = end;
  const output = decodeOutput(stdout) + decodeOutput(stderr);
  if (failure === undefined) return { exitCode, output };
  const { reason, signal, error } = failure;
  const details = { syscall: commandName(args), cause: error };
  if (reason === 'missing') {
    const hint = 'SystemRoot in the environment must name the Windows folder.';
    throw netshError('ERR_NETSH_NOT_FOUND', `${file} does not exist.`, { ...details, hint });
  }
  const hint = `Run the command by hand to see why it fails: netsh ${args.join(' ')}`;
  if (reason === 'too much output') {
    throw netshError('ERR_NETSH_OUTPUT', 'It is too long to be a table of ports.', { ...details, hint, output });
  }
  if (reason === 'time limit') {
    throw netshError('ERR_NETSH_TIMEOUT', `The limit is ${timeLimitMs} ms.`, { ...details, hint, output });
  }
  const what = signal ? `Another program killed it (${signal}).` : `It could not be started: ${error.message}.`;
  throw netshError('ERR_NETSH_FAILED', what, { ...details, hint, ...(signal && { output }) });
}

/**
 * Decodes bytes in an unknown code page. All OEM code pages of Windows agree with ASCII below 0x80. The second byte of a
 * Japanese, Chinese or Korean letter may be an ASCII byte from 0x40 up: a letter or one of @[\]^_`{|}~, never a digit,
 * star, dash or space. Reading one letter per byte therefore damages only letters, and loses no byte.
 */
export function decodeOutput(bytes: Buffer | undefined): string {
  if (bytes === undefined) return '';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le', 2);
  return isUtf8(bytes) ? bytes.toString('utf8') : bytes.toString('latin1');
}

// Text in code pages with two-byte letters, or without spaces between words, has to be decoded: 932, 936, 949, 950, 874.
const encodings = ['shift_jis', 'gbk', 'euc-kr', 'big5', 'windows-874'];

/** Finds the text that a line of decoded output shows, in whichever code page netsh printed it. */
export function findPrintedText(output: string, texts: readonly string[]): string | undefined {
  const bytes = Buffer.from(output, 'latin1');
  const lines = new Set([output, ...encodings.map((encoding) => tryToDecode(bytes, encoding))].flatMap(linesOf));
  const found = texts.find((text) => lines.has(text));
  if (found !== undefined) return found;
  // In the other code pages each letter is one byte, and the letters above 0x7f are unknown. The spaces of a sentence and
  // the lengths of its words are enough to recognize it.
  const blurredLines = new Set(linesOf(blur(output)));
  const alike = texts.filter((text) => text.includes(' ') && blurredLines.has(blur(text)));
  return alike.length === 1 ? alike[0] : undefined;
}

function tryToDecode(bytes: Buffer, encoding: string): string {
  try {
    return new TextDecoder(encoding).decode(bytes);
  } catch {
    // This Node was built without the encoding.
    return '';
  }
}

function linesOf(output: string): string[] {
  return output
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function blur(text: string): string {
  // No OEM code page has the curved apostrophe, so Windows prints the straight one.
  return text.replaceAll('\u{2019}', "'").replace(/[^\0-\x7f]/g, '?');
}
