// SPDX-License-Identifier: MIT
import { isUtf8 } from 'node:buffer';
import type { ExecFileException } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { take } from '../common/arguments.js';
import { commandName, netshError } from './netsh-error.js';

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
    const folder = systemFolder(environment);
    if (folder === undefined) {
      throw netshError('ERR_NETSH_NOT_FOUND', 'The environment has no SystemRoot with an absolute path.', {
        hint: 'If a parent process starts this one with its own environment, let it pass SystemRoot on.',
        syscall: commandName(args),
      });
    }
    const file = path.join(folder, 'netsh.exe');
    // Imported only here, because most programs never run netsh.
    const { execFile } = await import('node:child_process');
    try {
      const { stdout, stderr } = await promisify(execFile)(file, args, {
        // The current folder may have been deleted, and Node reports that as if netsh were missing.
        cwd: folder,
        encoding: 'buffer',
        killSignal: 'SIGKILL',
        maxBuffer: maximalOutput,
        timeout: timeLimitMs,
        windowsHide: true,
      });
      return { exitCode: 0, output: decodeOutput(stdout) + decodeOutput(stderr) };
    } catch (error) {
      return resultOf(error as FailedExecution, args, file, timeLimitMs);
    }
  };
}

type FailedExecution = ExecFileException & { readonly stdout?: Buffer; readonly stderr?: Buffer };

function systemFolder(environment: NodeJS.ProcessEnv): string | undefined {
  // In a worker thread the environment is a copy whose names are case-sensitive, on Windows too.
  const root = Object.entries(environment).find(([name]) => name.toLowerCase() === 'systemroot')?.[1];
  return root !== undefined && path.isAbsolute(root) ? path.join(root, 'System32') : undefined;
}

function resultOf(error: FailedExecution, args: readonly string[], file: string, timeLimitMs: number): NetshResult {
  const { code, killed, signal, stdout, stderr } = error;
  const output = decodeOutput(stdout) + decodeOutput(stderr);
  const details = { syscall: commandName(args), cause: error };
  if (code === 'ENOENT') {
    const hint = 'SystemRoot in the environment must name the Windows folder.';
    throw netshError('ERR_NETSH_NOT_FOUND', `${file} does not exist.`, { ...details, hint });
  }
  const hint = `Run the command by hand to see why it fails: netsh ${args.join(' ')}`;
  if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') {
    throw netshError('ERR_NETSH_OUTPUT', 'It is too long to be a table of ports.', { ...details, hint, output });
  }
  if (killed === true) {
    throw netshError('ERR_NETSH_TIMEOUT', `The limit is ${timeLimitMs} ms.`, { ...details, hint, output });
  }
  if (typeof code === 'number') return { exitCode: code, output };
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
