// SPDX-License-Identifier: MIT
import { checkBoolean, checkPort, checkProtocol, checkSignal, take } from '../common/arguments.js';
import type { Protocol } from '../common/ports.js';
import type { FreedPort } from './freed-port.js';

/** Names the port to free, and says what may be done for it. */
export interface FreePortOptions {
  readonly protocol: Protocol;
  /** 1 to 65535. */
  readonly port: number;
  /** Whether to end what the process started as well. Default false. */
  readonly tree?: boolean | undefined;
  /** Whether a service may be stopped. Default false: {@link freePort} rejects with `ERR_PROCESS_KEPT` and names the service. */
  readonly stopServices?: boolean | undefined;
  /** Ends the wait. A process that was ended stays so. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Frees a port: ends the process that has it, waits until the port can be bound, and says what it ended. The process is ended by
 * force and loses its unsaved data.
 *
 * It never ends a part of Windows, this process, a process that started it, or a program that has the port for WSL or
 * Docker. A service is stopped by the Service Control Manager, if `stopServices` allows it, and never one that Windows,
 * WSL or Docker needs. A process that got the id of the owner since is not ended. Where one owner of the port has to be
 * kept, none is ended.
 *
 * Needs rights over the process: those of its own user, or an elevated process. Calls `GetExtendedTcpTable` or
 * `GetExtendedUdpTable`, `TerminateProcess`, `ControlService` and `bind`.
 *
 * @param options - `protocol`: 'tcp' or 'udp'. `port`: 1 to 65535. `tree`: default false. `stopServices`: default false.
 * `signal`: ends the wait.
 * @returns The owners that the port had, and what was ended. A port that was free has none.
 * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`: an option is wrong; Windows was not asked.
 * @throws {@link PortReservationError} `ERR_PROCESS_KEPT`: an owner must not be ended, and `hint` says why and what to do.
 * `ERR_PORT_NOT_FREE`: no process has the port, and it cannot be bound all the same, or another process has it by now.
 * `ERROR_ACCESS_DENIED`: the process belongs to another user, or is elevated, and this one is not. `ERR_SERVICE_FAILED`:
 * the service did not stop in time. `ERR_UNSUPPORTED_PLATFORM`, `ERR_ADDON_NOT_LOADED`, and the errors of the Service
 * Control Manager.
 * @throws The reason of `signal` when it aborts.
 * @example
 * const { owners } = await freePort({ protocol: 'tcp', port: 3000 });
 * for (const { commandLine } of owners) console.log(`ended ${commandLine}`);
 */
export async function freePort(options: FreePortOptions): Promise<FreedPort> {
  const given = take('options', options, ['protocol', 'port', 'tree', 'stopServices', 'signal']);
  const { protocol, port, tree = false, stopServices = false, signal } = given;
  checkProtocol('options.protocol', protocol);
  checkPort('options.port', port, 1);
  checkBoolean('options.tree', tree);
  checkBoolean('options.stopServices', stopServices);
  if (signal !== undefined) checkSignal('options.signal', signal);
  const [{ planFreeing, runFreeing, stopsServices, serviceError }, { systemTools }] = await Promise.all([
    import('./freeing.js'),
    import('./system-tools.js'),
  ]);
  const plan = await planFreeing({ protocol, port });
  if (stopsServices(plan) && !stopServices) throw serviceError(plan);
  return runFreeing(plan, systemTools, { tree, signal });
}
