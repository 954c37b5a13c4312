// SPDX-License-Identifier: MIT
import { checkArray, checkInteger, invalidType, maxProcessId } from '../common/arguments.js';
import { errorFromFailure, isCallFailure } from '../common/errors.js';
import { getBinding } from '../windows/binding.js';
import type { ProcessDetails, ProcessRow } from '../windows/native-machine.js';

export type { ProcessRow };

/**
 * The information that Windows gives about a process. Names, paths and command lines are not escaped: they may contain
 * control characters, which a terminal obeys.
 */
export interface ProcessDescription {
  readonly processId: number;
  /** The FILETIME of its start, which {@link endProcess} compares; absent where Windows does not tell. */
  readonly createdAt?: bigint;
  readonly startedAt?: Date;
  /** The whole path of its program. */
  readonly executable?: string;
  readonly commandLine?: string;
  readonly workingDirectory?: string;
  /** `DOMAIN\name`. */
  readonly userName?: string;
}

/**
 * Lists every process with its parent. The id of a parent that has ended may belong to another process by now: a parent
 * was created before its child.
 *
 * Needs no elevation. Calls `CreateToolhelp32Snapshot`.
 *
 * @returns The processes, in the order in which Windows lists them.
 * @throws {@link PortReservationError} `ERR_UNSUPPORTED_PLATFORM`, `ERR_ADDON_NOT_LOADED`, or the error of the call, which
 * is not known to fail.
 * @example
 * const nodes = (await listProcesses()).filter(({ imageName }) => imageName === 'node.exe');
 */
export async function listProcesses(): Promise<readonly ProcessRow[]> {
  const rows = await getBinding().listProcesses();
  if (isCallFailure(rows)) throw errorFromFailure(getBinding(), rows, {});
  return rows;
}

/**
 * Describes processes. A property that Windows does not tell this process is absent, so a process that has ended has only
 * its id. Windows tells an elevated process more about those of other users.
 *
 * Needs no elevation. Calls `OpenProcess`, `GetProcessTimes`, `QueryFullProcessImageNameW`, `NtQueryInformationProcess`,
 * `ReadProcessMemory` and `LookupAccountSidW`, all in one trip to the thread pool.
 *
 * @param processIds - The ids, 0 to 4294967295 each.
 * @returns One description for each id, in the order given.
 * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`: an id is wrong; Windows was not asked.
 * @throws {@link PortReservationError} `ERR_UNSUPPORTED_PLATFORM`, `ERR_ADDON_NOT_LOADED`.
 * @example
 * const [{ commandLine }] = await describeProcesses([process.pid]);
 */
export async function describeProcesses(processIds: readonly number[]): Promise<ProcessDescription[]> {
  checkArray('processIds', processIds);
  const ids = [...processIds];
  ids.forEach((id, index) => {
    checkInteger(`processIds[${index}]`, id, 0, maxProcessId);
  });
  const details = await getBinding().describeProcesses(ids);
  return details.map(descriptionOf);
}

/**
 * Ends a process, without letting it do anything before. It does not end what the process started.
 *
 * Needs rights over the process: those of its own user, or elevation. Calls `OpenProcess`, `GetProcessTimes` and
 * `TerminateProcess`.
 *
 * @param processId - 0 to 4294967295.
 * @param createdAt - The FILETIME of its start as {@link describeProcesses} gave it. Another process that has the id by
 * now is not ended.
 * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`: an argument is wrong; Windows was not asked.
 * @throws {@link PortReservationError} `ERROR_INVALID_PARAMETER`: the process has ended. `ERROR_ACCESS_DENIED`.
 * `ERR_UNSUPPORTED_PLATFORM`, `ERR_ADDON_NOT_LOADED`.
 * @example
 * await endProcess(4711, createdAt);
 */
export async function endProcess(processId: number, createdAt: bigint): Promise<void> {
  checkInteger('processId', processId, 0, maxProcessId);
  if (typeof createdAt !== 'bigint') throw invalidType('createdAt', 'a bigint', createdAt);
  const result = await getBinding().terminateProcess(processId, createdAt);
  if (isCallFailure(result)) throw errorFromFailure(getBinding(), result, { processId });
}

/**
 * Starts a program elevated: Windows asks the user. It does not wait for the end of the program.
 *
 * Calls `ShellExecuteExW` with the verb `runas`.
 *
 * @param file - The whole path of the program.
 * @param parameters - The command line after the program, quoted already.
 * @param folder - The folder to run it in.
 * @returns The id of the new process.
 * @throws {@link PortReservationError} `ERROR_CANCELLED`: the user declined. `ERR_UNSUPPORTED_PLATFORM`,
 * `ERR_ADDON_NOT_LOADED`, or another error of the call.
 * @example
 * const processId = await startElevated(process.execPath, 'install.js', 'C:\\app');
 */
export async function startElevated(file: string, parameters: string, folder: string): Promise<number> {
  const result = await getBinding().runElevated(file, parameters, folder);
  if (isCallFailure(result)) throw errorFromFailure(getBinding(), result, {});
  return result;
}

/** A FILETIME counts 100 ns from 1601, a Date milliseconds from 1970. */
const unixEpoch = 116_444_736_000_000_000n;
const filetimePerMs = 10_000n;

/** Converts a FILETIME, for instance that of the start of a process. */
export function dateOfFiletime(filetime: bigint): Date {
  return new Date(Number((filetime - unixEpoch) / filetimePerMs));
}

function descriptionOf(details: ProcessDetails): ProcessDescription {
  const { processId, createdAt, executable, commandLine, workingDirectory, userName } = details;
  return {
    processId,
    ...(createdAt !== 0n && { createdAt, startedAt: dateOfFiletime(createdAt) }),
    ...(executable !== '' && { executable }),
    ...(commandLine !== '' && { commandLine }),
    ...(workingDirectory !== '' && { workingDirectory }),
    ...(userName !== '' && { userName }),
  };
}
