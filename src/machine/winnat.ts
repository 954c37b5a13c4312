// SPDX-License-Identifier: MIT
import type { Service, ServiceState } from '../calls/services.js';
import { hasCode, packageError } from '../common/errors.js';
import type { MachineTools, ServiceTools } from './tools.js';
import { waitFor, type WaitOptions } from './wait.js';

/** How long the command waits for the service. Drivers stop in a moment; a service may have to end connections first. */
export const commandLimitMs = 60_000;
/** How often the service has to be seen running, one pause after another: it may die right after its start. */
const confirmations = 3;
const confirmationPauseMs = 500;

type Waiting = Pick<WaitOptions, 'signal' | 'onWait'>;

/** Asks for the state of a service; undefined where it is not installed. */
export async function stateOf(services: Pick<ServiceTools, 'query'>, name: string): Promise<ServiceState | undefined> {
  try {
    return (await services.query(name)).state;
  } catch (error) {
    if (hasCode(error, 'ERROR_SERVICE_DOES_NOT_EXIST')) return undefined;
    throw error;
  }
}

/**
 * Stops the service and waits until it has stopped. A service that has stopped by itself is as good.
 *
 * @throws {@link PortReservationError} the error of the call, or ERR_SERVICE_FAILED where it does not stop in time.
 */
export async function stopService(
  { clock, services }: Pick<MachineTools, 'clock' | 'services'>,
  name: string,
  waiting: Waiting = {},
): Promise<void> {
  let isTold = false;
  const stopped = await waitFor(
    async () => {
      isTold ||= await tellToStop(services, name);
      const { state } = await services.query(name);
      return state === 'stopped' ? true : undefined;
    },
    { clock, limitMs: commandLimitMs, ...waiting },
  );
  if (stopped) return;
  throw packageError(
    'ERR_SERVICE_FAILED',
    `${name} did not stop within ${commandLimitMs / 1000} seconds. See its state (sc query ${name}), then try again; if it never stops, restart Windows.`,
    { serviceName: name },
  );
}

/** Returns false where the service can take no order at the moment, because it is starting or stopping. */
async function tellToStop(services: ServiceTools, name: string): Promise<boolean> {
  try {
    await services.stop(name);
    return true;
  } catch (error) {
    if (hasCode(error, 'ERROR_SERVICE_NOT_ACTIVE')) return true;
    if (hasCode(error, 'ERROR_SERVICE_CANNOT_ACCEPT_CTRL')) return false;
    throw error;
  }
}

/**
 * Brings back a stopped or stopping service: waits until it can be started, starts it, again each time it dies, and
 * checks that it keeps running.
 *
 * @throws {@link PortReservationError} ERR_SERVICE_FAILED where it does not run when the limit is over.
 */
export async function bringBackService(
  { clock, services }: Pick<MachineTools, 'clock' | 'services'>,
  name: string,
  { limitMs = commandLimitMs, onWait }: { limitMs?: number } & Pick<WaitOptions, 'onWait'> = {},
): Promise<void> {
  let failure: unknown;
  let service: Service | undefined;
  const running = await waitFor(
    async () => {
      try {
        service = await services.query(name);
        if (service.state === 'running') return (await staysRunning()) ? true : undefined;
        if (service.state === 'stopped') await services.start(name);
      } catch (error) {
        // The next try may go better, and nothing is worse than to give up.
        if (!hasCode(error, 'ERROR_SERVICE_ALREADY_RUNNING')) failure = error;
      }
      return undefined;
    },
    { clock, limitMs, onWait },
  );
  if (running) return;
  const hint = `Windows does not start ${name} again (${lastState(service)}). Run "net start ${name}" in an elevated shell; if that fails too, restart Windows. Without it WSL, Docker and virtual machines have no network.`;
  throw packageError('ERR_SERVICE_FAILED', hint, { serviceName: name, cause: failure });

  async function staysRunning(): Promise<boolean> {
    for (let time = 1; time < confirmations; time += 1) {
      await clock.sleep(confirmationPauseMs);
      service = await services.query(name);
      if (service.state !== 'running') return false;
    }
    return true;
  }
}

function lastState(service: Service | undefined): string {
  if (service === undefined) return 'its state is not known';
  const { state, exitCode, serviceExitCode } = service;
  // ERROR_SERVICE_SPECIFIC_ERROR: the service gave a number of its own.
  const error = exitCode === 1066 ? serviceExitCode : exitCode;
  return `its state is ${state}${error === 0 ? '' : `, after error ${error}`}`;
}
