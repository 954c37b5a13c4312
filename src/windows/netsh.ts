// SPDX-License-Identifier: MIT
import { isUtf8 } from 'node:buffer';
import type { ExecFileException } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { take } from '../common/arguments.js';
import { commandName, netshError } from './netsh-error.js';

/** What a netsh command came to. */
export interface NetshResult {
  /** 0 when netsh did what it was told; as a rule 1 when it did not, whatever the reason. */
  readonly exitCode: number;
  /** What it printed. Digits, stars, dashes and spaces are right in any code page; letters may be damaged. */
  readonly output: string;
}

/** Runs `netsh` with arguments, each of them one word. */
export type Netsh = (args: readonly string[]) => Promise<NetshResult>;

export interface NetshSettings {
  /** Where to read SystemRoot. Default that of this process. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Default 10,000, for a command that takes a moment. */
  readonly timeLimitMs?: number;
}

// A table of every port by itself would be 2 MB.
const maximalOutput = 16 * 1024 * 1024;

/** The netsh of this Windows: started by its absolute path, without a shell and without a window. */
export function createNetsh(settings: NetshSettings = {}): Netsh {
  const given = take('settings', settings, ['environment', 'timeLimitMs']) as NetshSettings;
  const { environment = process.env, timeLimitMs = 10_000 } = given;
  return async (args) => {
    const folder = systemFolder(environment);
    if (folder === undefined) {
      throw netshError('ERR_NETSH_NOT_FOUND', 'The environment has no SystemRoot with an absolute path.', {
        hint: 'Pass SystemRoot on to a program that is started with an environment of its own.',
        syscall: commandName(args),
      });
    }
    const file = path.join(folder, 'netsh.exe');
    // Only here, because most programs never ask.
    const { execFile } = await import('node:child_process');
    try {
      const { stdout, stderr } = await promisify(execFile)(file, args, {
        // The current folder may be gone, which would look as if netsh were.
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
  // In worker threads the environment is a copy in which upper and lower case differ, on Windows too.
  const root = Object.entries(environment).find(([name]) => name.toLowerCase() === 'systemroot')?.[1];
  return root !== undefined && path.isAbsolute(root) ? path.join(root, 'System32') : undefined;
}

function resultOf(error: FailedExecution, args: readonly string[], file: string, timeLimitMs: number): NetshResult {
  const { code, killed, signal, stdout, stderr } = error;
  const output = decodeOutput(stdout) + decodeOutput(stderr);
  const details = { syscall: commandName(args), cause: error };
  if (code === 'ENOENT') {
    const hint = 'SystemRoot in the environment must name the folder of Windows.';
    throw netshError('ERR_NETSH_NOT_FOUND', `${file} does not exist.`, { ...details, hint });
  }
  const hint = `Run it by hand to see what is wrong: netsh ${args.join(' ')}`;
  if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') {
    throw netshError('ERR_NETSH_OUTPUT', 'It is too long to be a table of ports.', { ...details, hint, output });
  }
  if (killed === true) {
    throw netshError('ERR_NETSH_TIMEOUT', `The limit is ${timeLimitMs} ms.`, { ...details, hint, output });
  }
  if (typeof code === 'number') return { exitCode: code, output };
  const what = signal ? `Somebody killed it (${signal}).` : `It could not be started: ${error.message}.`;
  throw netshError('ERR_NETSH_FAILED', what, { ...details, hint, ...(signal && { output }) });
}

/**
 * The text of bytes in an unknown code page. All OEM code pages of Windows agree with ASCII below 0x80, but the second
 * byte of a Japanese, Chinese or Korean letter may be an ASCII one, 0x40 and above: a letter or one of @[\]^_`{|}~, never
 * a digit, star, dash or space. So reading one letter per byte damages letters only, and loses no byte.
 */
export function decodeOutput(bytes: Buffer | undefined): string {
  if (bytes === undefined) return '';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le', 2);
  return isUtf8(bytes) ? bytes.toString('utf8') : bytes.toString('latin1');
}

// Code pages with letters of two bytes, or without spaces between words, have to be tried: 932, 936, 949, 950 and 874.
const encodings = ['shift_jis', 'gbk', 'euc-kr', 'big5', 'windows-874'];

/** Which of the texts a line of decoded output is, in whichever code page it was printed. */
export function findPrintedText(output: string, texts: readonly string[]): string | undefined {
  const bytes = Buffer.from(output, 'latin1');
  const lines = new Set([output, ...encodings.map((encoding) => tryToDecode(bytes, encoding))].flatMap(linesOf));
  const found = texts.find((text) => lines.has(text));
  if (found !== undefined) return found;
  // Elsewhere a letter is a byte, and which one the bytes above 0x7f are is unknown. What is left of a sentence, its
  // spaces and the length of its words, is enough to know it by.
  const blurredLines = new Set(linesOf(blur(output)));
  const alike = texts.filter((text) => text.includes(' ') && blurredLines.has(blur(text)));
  return alike.length === 1 ? alike[0] : undefined;
}

function tryToDecode(bytes: Buffer, encoding: string): string {
  try {
    return new TextDecoder(encoding).decode(bytes);
  } catch {
    // A Node that was built without this encoding.
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
  // No OEM code page has the curved apostrophe, and Windows then prints the straight one.
  return text.replaceAll('\u{2019}', "'").replace(/[^\0-\x7f]/g, '?');
}
