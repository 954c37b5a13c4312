// SPDX-License-Identifier: MIT
import type { Service, ServiceState } from '../../../src/calls/services.js';
import { PortReservationError, type PortReservationErrorCode } from '../../../src/common/errors.js';
import type { Guard } from '../../../src/machine/guard.js';
import type { MachineTools, ServiceTools } from '../../../src/machine/tools.js';
import type { Clock } from '../../../src/machine/wait.js';

/** A clock whose time passes only while a caller sleeps. */
export class FakeClock implements Clock {
  time = 0;

  now(): number {
    return this.time;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.time += milliseconds;
    return Promise.resolve();
  }
}

export interface ServiceBehavior {
  /** How long it is stop-pending; Infinity for one that hangs. Default 0. */
  readonly stopMs?: number;
  /** Default 0. */
  readonly startMs?: number;
  /** The error with which it refuses the order to stop. */
  readonly refusesToStop?: PortReservationErrorCode;
  /** How often it dies right after its start. */
  readonly diesOnStart?: number;
  /** Called when it has stopped, and when it runs. */
  readonly onStopped?: () => void;
  readonly onRunning?: () => void;
}

/** A service as the Service Control Manager knows it, in the time of a FakeClock. */
export class FakeService implements ServiceTools {
  readonly log: string[] = [];
  readonly #clock: FakeClock;
  readonly #behavior: ServiceBehavior;
  #state: ServiceState;
  #pendingSince = 0;
  #deaths = 0;
  #exitCode = 0;

  constructor(clock: FakeClock, behavior: ServiceBehavior = {}, state: ServiceState = 'running') {
    this.#clock = clock;
    this.#behavior = behavior;
    this.#state = state;
  }

  get state(): ServiceState {
    this.#settle();
    return this.#state;
  }

  query(name: string): Promise<Service> {
    this.#settle();
    const seen = this.#state;
    // It has been seen running once.
    if (seen === 'running' && this.#deaths < (this.#behavior.diesOnStart ?? 0) && this.log.includes('start')) {
      this.#deaths += 1;
      this.#state = 'stopped';
      this.#exitCode = 1067;
    }
    const numbers = { exitCode: this.#exitCode, serviceExitCode: 0, checkPoint: 0, waitHintMs: 0, processId: 0 };
    return Promise.resolve({ name, state: seen, acceptsStop: seen === 'running', ...numbers });
  }

  stop(): Promise<void> {
    this.log.push('stop');
    const { refusesToStop } = this.#behavior;
    this.#settle();
    if (refusesToStop) return Promise.reject(refusal(refusesToStop));
    if (this.#state === 'stopped') return Promise.reject(refusal('ERROR_SERVICE_NOT_ACTIVE'));
    if (this.#state !== 'running') return Promise.reject(refusal('ERROR_SERVICE_CANNOT_ACCEPT_CTRL'));
    this.#pend('stop-pending');
    return Promise.resolve();
  }

  start(): Promise<void> {
    this.log.push('start');
    this.#settle();
    if (this.#state !== 'stopped') return Promise.reject(refusal('ERROR_SERVICE_ALREADY_RUNNING'));
    this.#pend('start-pending');
    return Promise.resolve();
  }

  #pend(state: ServiceState): void {
    this.#state = state;
    this.#pendingSince = this.#clock.now();
    this.#settle();
  }

  #settle(): void {
    const { stopMs = 0, startMs = 0, onStopped, onRunning } = this.#behavior;
    const waited = this.#clock.now() - this.#pendingSince;
    if (this.#state === 'stop-pending' && waited >= stopMs) {
      this.#state = 'stopped';
      onStopped?.();
    } else if (this.#state === 'start-pending' && waited >= startMs) {
      this.#state = 'running';
      onRunning?.();
    }
  }
}

export function refusal(code: PortReservationErrorCode): PortReservationError {
  return new PortReservationError(`refused with ${code}`, { code });
}

export interface FakeTools extends MachineTools {
  readonly clock: FakeClock;
  readonly services: FakeService;
  /** The actions, in order. */
  readonly log: string[];
}

/** Tools for a machine where these programs and distributions run. */
export function fakeTools(
  behavior: ServiceBehavior = {},
  { programs = [], distributions = [], state = 'running' }: FakeSurroundings = {},
): FakeTools {
  const clock = new FakeClock();
  const services = new FakeService(clock, behavior, state);
  const { log } = services;
  let running: readonly string[] = distributions;
  const guard: Guard = {
    dismiss() {
      log.push('dismiss guard');
      return Promise.resolve();
    },
    leave() {
      log.push('leave to guard');
    },
  };
  return {
    clock,
    services,
    log,
    winNat: 'winnat',
    listPrograms: () => Promise.resolve(programs),
    listRunningDistributions: () => Promise.resolve(running),
    shutDownWsl() {
      log.push('shut down WSL');
      running = [];
      return Promise.resolve();
    },
    startGuard() {
      log.push('start guard');
      return Promise.resolve(guard);
    },
  };
}

export interface FakeSurroundings {
  readonly programs?: readonly string[];
  readonly distributions?: readonly string[];
  readonly state?: ServiceState;
}
