// SPDX-License-Identifier: MIT
import { invalidType, outOfRange } from '../common/arguments.js';
import { errorFromFailure, isCallFailure, type CallFailure } from '../common/errors.js';
import { printable } from '../common/printable.js';
import { getBinding } from '../windows/binding.js';
import type { NativeMachine, ServiceStatus } from '../windows/native-machine.js';

/** A state of winsvc.h, without the prefix `SERVICE_`. */
export type ServiceState =
  'stopped' | 'start-pending' | 'stop-pending' | 'running' | 'continue-pending' | 'pause-pending' | 'paused';

/** The state of a service, from the Service Control Manager. */
export interface Service {
  readonly name: string;
  readonly state: ServiceState;
  /** Whether the service can be stopped now. A service that is starting or stopping cannot. */
  readonly acceptsStop: boolean;
  /**
   * The error with which it last ended: 0 for none, 1066 if the service gave its own error, which is `serviceExitCode`.
   */
  readonly exitCode: number;
  readonly serviceExitCode: number;
  /** Grows while a pending service makes progress. */
  readonly checkPoint: number;
  /** Milliseconds after which a pending service promises another `checkPoint`. */
  readonly waitHintMs: number;
  /** 0 where it has no process: while it is stopped, and for a driver such as WinNAT. */
  readonly processId: number;
}

/** SERVICE_STOPPED is 1. */
const states: readonly ServiceState[] = [
  ...(['stopped', 'start-pending', 'stop-pending', 'running'] as const),
  ...(['continue-pending', 'pause-pending', 'paused'] as const),
];
const acceptStop = 1;

/**
 * Asks for the state of a service.
 *
 * Needs no elevation for most services. Calls `OpenSCManagerW`, `OpenServiceW` and `QueryServiceStatusEx`.
 *
 * @param name - The name of the service, for instance `winnat`, in any case; not its display name.
 * @returns The state now.
 * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`: no service can have this name.
 * @throws {@link PortReservationError} `ERROR_SERVICE_DOES_NOT_EXIST`. `ERROR_ACCESS_DENIED`.
 * `ERR_UNSUPPORTED_PLATFORM`, `ERR_ADDON_NOT_LOADED`.
 * @example
 * const { state } = await queryService('winnat');
 */
export async function queryService(name: string): Promise<Service> {
  const status = await call(name, (machine) => machine.queryService(name));
  return serviceOf(name, status);
}

/**
 * Asks a service to start, and does not wait until it runs: {@link queryService} tells when it does.
 *
 * Needs an elevated process for most services. Calls `StartServiceW`.
 *
 * @param name - The name of the service, for instance `winnat`, in any case.
 * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`: no service can have this name.
 * @throws {@link PortReservationError} `ERROR_SERVICE_ALREADY_RUNNING`: it runs, or is starting or stopping.
 * `ERROR_ACCESS_DENIED`: not elevated. `ERROR_SERVICE_DISABLED`, `ERROR_SERVICE_DOES_NOT_EXIST`,
 * `ERROR_SERVICE_REQUEST_TIMEOUT`, `ERROR_SERVICE_DEPENDENCY_FAIL`, `ERROR_SERVICE_MARKED_FOR_DELETE`,
 * `ERROR_SHUTDOWN_IN_PROGRESS`. `ERR_UNSUPPORTED_PLATFORM`, `ERR_ADDON_NOT_LOADED`.
 * @example
 * await startService('winnat');
 */
export async function startService(name: string): Promise<void> {
  await call(name, (machine) => machine.startService(name));
}

/**
 * Asks a service to stop, and does not wait until it has stopped: {@link queryService} tells when it has.
 *
 * This function stops any service that it is told to: see `whyKeepService` for those that must not be stopped.
 *
 * Needs an elevated process for most services. Calls `ControlService(SERVICE_CONTROL_STOP)`.
 *
 * @param name - The name of the service, for instance `winnat`, in any case.
 * @returns The state right after the call, often `stop-pending`.
 * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`: no service can have this name.
 * @throws {@link PortReservationError} `ERROR_SERVICE_NOT_ACTIVE`: it is stopped. `ERROR_SERVICE_CANNOT_ACCEPT_CTRL`: it
 * is starting or stopping. `ERROR_DEPENDENT_SERVICES_RUNNING`. `ERROR_INVALID_SERVICE_CONTROL`: it refuses to stop.
 * `ERROR_ACCESS_DENIED`: not elevated. `ERROR_SERVICE_DOES_NOT_EXIST`, `ERROR_SERVICE_REQUEST_TIMEOUT`,
 * `ERROR_SHUTDOWN_IN_PROGRESS`. `ERR_UNSUPPORTED_PLATFORM`, `ERR_ADDON_NOT_LOADED`.
 * @example
 * const { state } = await stopService('winnat');
 */
export async function stopService(name: string): Promise<Service> {
  const status = await call(name, (machine) => machine.stopService(name));
  return serviceOf(name, status);
}

async function call<Result>(
  name: string,
  ask: (machine: NativeMachine) => Promise<Result | CallFailure>,
): Promise<Exclude<Result, CallFailure>> {
  checkServiceName(name);
  const result = await ask(getBinding());
  if (isCallFailure(result)) throw errorFromFailure(getBinding(), result, { serviceName: name });
  return result as Exclude<Result, CallFailure>;
}

const maxNameLength = 256;

function checkServiceName(name: unknown): void {
  if (typeof name !== 'string') throw invalidType('name', 'a string', name);
  if (name === '' || name.length > maxNameLength || /[/\\]/.test(name) || printable(name) !== name) {
    throw outOfRange('name', `the name of a service: 1 to ${maxNameLength} characters, no slash or backslash`, name);
  }
}

function serviceOf(name: string, status: ServiceStatus): Service {
  const { state, controlsAccepted, exitCode, serviceExitCode, checkPoint, waitHint, processId } = status;
  return {
    name,
    state: states[state - 1] ?? 'stopped',
    acceptsStop: (controlsAccepted & acceptStop) !== 0,
    exitCode,
    serviceExitCode,
    checkPoint,
    waitHintMs: waitHint,
    processId,
  };
}
