// SPDX-License-Identifier: MIT
import { existsSync } from 'node:fs';
import path from 'node:path';
import { take } from '../common/arguments.js';
import { variable } from '../common/environment.js';
import { packageErrorCodes, PortReservationError, type PackageErrorCode } from '../common/errors.js';
import { printable } from '../common/printable.js';
import { decodeOutput } from './netsh.js';
import { runProgram, type ProgramEnd, windowsFolder } from './run-program.js';

/** A program that Windows may or may not have: `wsl.exe` or `docker.exe`. */
export type ToolName = 'wsl' | 'docker';

export interface ToolOptions {
  /** Default 10,000. A tool that takes longer is killed. */
  readonly timeLimitMs?: number | undefined;
  /** Kills the tool and rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface ToolResult {
  /** 0 when the tool succeeded. `wsl.exe` gives 4294967295 for most failures, and for "no distribution is running". */
  readonly exitCode: number;
  /** The output of the program: the standard output, then the standard error. */
  readonly output: string;
}

/**
 * Runs a tool with arguments, each of which is one word. Resolves to undefined where the tool is not installed.
 *
 * Windows has a `wsl.exe` also where WSL is not installed: that one prints how to install it, and fails.
 */
export type RunTool = (
  tool: ToolName,
  args: readonly string[],
  options?: ToolOptions,
) => Promise<ToolResult | undefined>;

const maximalOutput = 16 * 1024 * 1024;

/**
 * Makes a function that starts the tools of this Windows by their absolute paths, without a shell and without a window.
 *
 * @param environment - Names the folders of Windows and of programs.
 */
export function createTools(environment: NodeJS.ProcessEnv = process.env): RunTool {
  return async (tool, args, options = {}) => {
    const { timeLimitMs = 10_000, signal } = take('options', options, ['timeLimitMs', 'signal']) as ToolOptions;
    const file = candidates[tool](environment).find((candidate) => existsSync(candidate));
    if (file === undefined) return undefined;
    const folder = path.dirname(file);
    const end = await runProgram(file, args, { folder, timeLimitMs, maximalOutput, signal });
    return resultOf(end, [tool, ...args].join(' '), timeLimitMs);
  };
}

/** Lists where each tool may be, the likeliest place first. */
const candidates: Record<ToolName, (environment: NodeJS.ProcessEnv) => string[]> = {
  wsl(environment) {
    const windows = windowsFolder(environment);
    // Windows shows a 32-bit process another System32, without wsl.exe, and the real one under the name Sysnative.
    return windows === undefined
      ? []
      : ['Sysnative', 'System32'].map((folder) => path.join(windows, folder, 'wsl.exe'));
  },
  docker(environment) {
    const programs = [variable(environment, 'ProgramW6432'), variable(environment, 'ProgramFiles')];
    const desktop = programs.map((folder) => folder && path.join(folder, 'Docker', 'Docker', 'resources', 'bin'));
    const others = (variable(environment, 'PATH') ?? '').split(path.delimiter);
    // A relative entry of PATH would let the current folder supply the program.
    return [...desktop, ...others]
      .filter((folder) => folder !== undefined && path.isAbsolute(folder))
      .map((folder) => path.join(String(folder), 'docker.exe'));
  },
};

function resultOf(end: ProgramEnd, command: string, timeLimitMs: number): ToolResult | undefined {
  const { exitCode, stdout, stderr, failure } = end;
  if (failure === undefined) return { exitCode: exitCode ?? 1, output: decode(stdout) + decode(stderr) };
  const { reason, signal, error } = failure;
  // It was removed, or is the placeholder of a program that the Microsoft Store would install.
  if (reason === 'missing') return undefined;
  if (reason === 'time limit')
    throw toolError('ERR_TOOL_TIMEOUT', `"${command}" took longer than ${timeLimitMs / 1000} seconds.`, command, error);
  const what = {
    'too much output': `"${command}" prints without end.`,
    killed: `Another program killed "${command}" (${String(signal)}).`,
    'not started': `"${command}" could not be started: ${error.message}.`,
  }[reason];
  throw toolError('ERR_TOOL_FAILED', what, command, error);
}

/** Decodes UTF-16, which wsl.exe prints without a mark unless WSL_UTF8 is set. Each of its line ends contains a zero byte. */
function decode(bytes: Buffer | undefined): string {
  return bytes?.includes(0) === true ? bytes.toString('utf16le') : decodeOutput(bytes);
}

function toolError(code: PackageErrorCode, what: string, command: string, cause: Error): PortReservationError {
  const hint = `Run the command by hand to see why it fails: ${command}`;
  return new PortReservationError(`${packageErrorCodes[code]} ${printable(what)}`, {
    code,
    syscall: command,
    hint,
    cause,
  });
}
