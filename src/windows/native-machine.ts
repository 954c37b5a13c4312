// SPDX-License-Identifier: MIT
import type { CallFailure } from '../common/errors.js';

/**
 * The part of the seam that is about the machine around the ports: services, processes, the registry, elevation.
 *
 * It passes raw values and decides nothing, as {@link NativeBinding} does. Each function takes one trip to the thread pool,
 * and resolves to a {@link CallFailure} that names the call which Windows refused.
 */
export interface NativeMachine {
  /** Calls OpenSCManagerW, OpenServiceW, QueryServiceStatusEx. A service that is not installed is error 1060. */
  queryService(name: string): Promise<ServiceStatus | CallFailure>;
  /** Calls StartServiceW, which returns before the service runs: ask {@link NativeMachine.queryService} for that. */
  startService(name: string): Promise<undefined | CallFailure>;
  /**
   * Calls QueryServiceStatusEx, then ControlService(SERVICE_CONTROL_STOP), which returns before the service has stopped. The
   * status is that moment's, with the process that was told to stop.
   */
  stopService(name: string): Promise<ServiceStatus | CallFailure>;
  /** Lists every process, as CreateToolhelp32Snapshot does. */
  listProcesses(): Promise<readonly ProcessRow[] | CallFailure>;
  /**
   * Asks each of these processes for its details, in the order given. A detail that Windows does not tell this process is
   * empty; a process that has ended has none at all.
   */
  describeProcesses(processIds: readonly number[]): Promise<readonly ProcessDetails[]>;
  /**
   * Calls OpenProcess, GetProcessTimes and TerminateProcess. A process with this id that was created at another time is
   * not ended: error 87 (ERROR_INVALID_PARAMETER) of OpenProcess, as where there is no such process.
   */
  terminateProcess(processId: number, createdAt: bigint): Promise<undefined | CallFailure>;
  /**
   * Reads a REG_DWORD under HKEY_LOCAL_MACHINE with RegGetValueW; undefined where the key or the value does not exist.
   */
  readRegistryNumber(key: string, valueName: string): Promise<number | undefined | CallFailure>;
  /**
   * Calls ShellExecuteExW with the verb `runas`, so that Windows asks the user for elevation. Resolves to the id of the
   * process as soon as it runs, and does not wait for its end. A console program gets a window of its own. A user who
   * declines is error 1223 (ERROR_CANCELLED).
   *
   * @param parameters - The command line after the program, quoted already.
   */
  runElevated(file: string, parameters: string, folder: string): Promise<number | CallFailure>;
}

/** SERVICE_STATUS_PROCESS. */
export interface ServiceStatus {
  /** SERVICE_STOPPED (1) to SERVICE_PAUSED (7). */
  readonly state: number;
  /** SERVICE_ACCEPT_STOP (1) and so on, as bits. */
  readonly controlsAccepted: number;
  /** The error with which the service ended; 1066 where it gave one of its own, which is in serviceExitCode. */
  readonly exitCode: number;
  readonly serviceExitCode: number;
  readonly checkPoint: number;
  /** Milliseconds after which a pending service promises a new checkPoint. */
  readonly waitHint: number;
  /** 0 where the service has no process. */
  readonly processId: number;
}

/** PROCESSENTRY32W. */
export interface ProcessRow {
  readonly processId: number;
  /** The process that started it, which may have ended; its id may belong to another process by now. */
  readonly parentProcessId: number;
  /** For instance `node.exe`. */
  readonly imageName: string;
}

export interface ProcessDetails {
  readonly processId: number;
  /** The FILETIME of its start: 100 ns since 1601, UTC. 0n where Windows does not tell, and where it has ended. */
  readonly createdAt: bigint;
  /** The whole path of its program. */
  readonly executable: string;
  readonly commandLine: string;
  /** Where it started or has changed to, with a backslash at the end, as Windows keeps it. */
  readonly workingDirectory: string;
  /** `DOMAIN\name`. */
  readonly userName: string;
}
