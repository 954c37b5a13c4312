// SPDX-License-Identifier: MIT
import { errorCodes } from '../../common/error-codes.js';
import { take } from '../../common/arguments.js';
import { listenOn, type ListenerOptions, startProcess } from './machine-processes.js';
import type { MachineState } from './machine-state.js';
import { Refusal } from './refusal.js';

/** How a service answers to the Service Control Manager. The machine has no clock: time passes when a caller asks. */
export interface ServiceBehavior {
  /** How many questions find it starting, before one finds it running. Default 0: it runs when the start returns. */
  readonly questionsToStart?: number | undefined;
  /** How many questions find it stopping, before one finds it stopped. Default 0: it has stopped when the stop returns. */
  readonly questionsToStop?: number | undefined;
  /** The change that it never finishes. */
  readonly hangs?: 'starting' | 'stopping' | undefined;
  /** The error with which Windows refuses to start it, for instance 1058 (ERROR_SERVICE_DISABLED). */
  readonly refusesToStart?: number | undefined;
  /** The error with which Windows refuses to stop it, for instance 1052 (ERROR_INVALID_SERVICE_CONTROL). */
  readonly refusesToStop?: number | undefined;
  /** The error with which it ends instead of running. */
  readonly diesWith?: number | undefined;
}

/** A service to install. */
export interface ServiceOptions extends ServiceBehavior {
  readonly name: string;
  /** Whether it runs now and after a restart. Default false. */
  readonly running?: boolean | undefined;
  /** The services that it needs: Windows starts them with it, and does not stop them while it runs. */
  readonly dependsOn?: readonly string[] | undefined;
  /** The program of its process, for instance `svchost.exe`; default none, as for a driver. */
  readonly imageName?: string | undefined;
  /** The ports that its process binds. */
  readonly listensOn?: readonly ListenerOptions[] | undefined;
}

/** SERVICE_STATUS_PROCESS, as far as the machine knows it. */
export interface ServiceStatusRow {
  readonly name: string;
  /** SERVICE_STOPPED (1), SERVICE_START_PENDING (2), SERVICE_STOP_PENDING (3) or SERVICE_RUNNING (4). */
  readonly state: number;
  readonly exitCode: number;
  readonly checkPoint: number;
  /** 0 where it has no process. */
  readonly processId: number;
}

/** A service as a file keeps it. */
export interface ServiceRecord {
  options: ServiceOptions;
  state: number;
  questions: number;
  checkPoint: number;
  exitCode: number;
  /** The key of its process on the machine. */
  processKey: number | undefined;
}

/** Changes the machine when a service has started or stopped. */
export interface ServiceEffect {
  started(): void;
  stopped(): void;
}

const serviceState = { stopped: 1, starting: 2, stopping: 3, running: 4 } as const;

const optionNames = [
  ...(['name', 'running', 'dependsOn', 'imageName', 'listensOn', 'questionsToStart', 'questionsToStop'] as const),
  ...(['hangs', 'refusesToStart', 'refusesToStop', 'diesWith'] as const),
];

/** The Service Control Manager of a machine. */
export class SimulatedServices {
  readonly #state: MachineState;
  readonly #services = new Map<string, ServiceRecord>();
  readonly #effects = new Map<string, ServiceEffect>();

  /** @internal */
  constructor(state: MachineState) {
    this.#state = state;
    state.whenProcessEnds((key) => {
      for (const service of this.#services.values()) if (service.processKey === key) this.#aborted(service);
    });
  }

  /** Installs a service, or replaces it. */
  add(options: ServiceOptions): void {
    const given = take('options', options, optionNames) as unknown as ServiceOptions;
    const replaced = this.#services.get(given.name.toLowerCase());
    if (replaced?.state === serviceState.running) this.#finishStop(replaced);
    const service = { ...notRunning(), options: JSON.parse(JSON.stringify(given)) as ServiceOptions };
    this.#services.set(given.name.toLowerCase(), service);
    if (given.running === true) this.#finishStart(service);
  }

  /** Changes how a service answers from now on, without starting or stopping it. */
  change(name: string, behavior: ServiceBehavior): void {
    const service = this.#find(name);
    service.options = { ...service.options, ...behavior };
  }

  /** Has a service run, now and after each restart. */
  run(name: string): void {
    const service = this.#find(name);
    service.options = { ...service.options, running: true };
    if (service.state !== serviceState.running) this.#finishStart(service);
  }

  /** @throws Refusal ERROR_SERVICE_DOES_NOT_EXIST (1060). @internal */
  check(name: string): void {
    this.#find(name);
  }

  /** Uninstalls a service. */
  remove(name: string): void {
    const service = this.#find(name);
    if (service.state === serviceState.running) this.#finishStop(service);
    this.#services.delete(name.toLowerCase());
  }

  /** Every service, in the order in which they were installed, without a step forward. */
  list(): ServiceStatusRow[] {
    return [...this.#services.values()].map((service) => this.#statusOf(service));
  }

  /**
   * QueryServiceStatusEx. A service that is starting or stopping comes one step nearer to its end.
   *
   * @throws Refusal ERROR_SERVICE_DOES_NOT_EXIST (1060).
   */
  query(name: string): ServiceStatusRow {
    const service = this.#find(name);
    this.#step(service);
    return this.#statusOf(service);
  }

  /**
   * StartServiceW. Services that it depends on are started first.
   *
   * @throws Refusal ERROR_SERVICE_DOES_NOT_EXIST (1060), ERROR_SERVICE_ALREADY_RUNNING (1056),
   *   ERROR_SERVICE_DEPENDENCY_FAIL (1068), and what {@link ServiceBehavior.refusesToStart} says.
   */
  start(name: string): void {
    const service = this.#find(name);
    const { refusesToStart, questionsToStart = 0, hangs, dependsOn = [] } = service.options;
    if (service.state !== serviceState.stopped) {
      throw new Refusal(errorCodes.ERROR_SERVICE_ALREADY_RUNNING.errorNumber);
    }
    if (refusesToStart !== undefined) throw new Refusal(refusesToStart);
    for (const needed of dependsOn) this.#startNeeded(needed);
    Object.assign(service, { ...notRunning(), state: serviceState.starting, questions: questionsToStart });
    if (questionsToStart === 0 && hangs !== 'starting') this.#finishStart(service);
  }

  /**
   * ControlService(SERVICE_CONTROL_STOP).
   *
   * @returns The state right after it.
   * @throws Refusal ERROR_SERVICE_DOES_NOT_EXIST (1060), ERROR_SERVICE_NOT_ACTIVE (1062),
   *   ERROR_SERVICE_CANNOT_ACCEPT_CTRL (1061) while it starts or stops, ERROR_DEPENDENT_SERVICES_RUNNING (1051), and what
   *   {@link ServiceBehavior.refusesToStop} says.
   */
  stop(name: string): ServiceStatusRow {
    const service = this.#find(name);
    const { refusesToStop, questionsToStop = 0, hangs } = service.options;
    if (service.state === serviceState.stopped) throw new Refusal(errorCodes.ERROR_SERVICE_NOT_ACTIVE.errorNumber);
    if (service.state !== serviceState.running) {
      throw new Refusal(errorCodes.ERROR_SERVICE_CANNOT_ACCEPT_CTRL.errorNumber);
    }
    if (this.#isNeeded(name)) throw new Refusal(errorCodes.ERROR_DEPENDENT_SERVICES_RUNNING.errorNumber);
    if (refusesToStop !== undefined) throw new Refusal(refusesToStop);
    Object.assign(service, { state: serviceState.stopping, questions: questionsToStop, checkPoint: 0 });
    if (questionsToStop === 0 && hangs !== 'stopping') this.#finishStop(service);
    return this.#statusOf(service);
  }

  /** The names of the services that run in a process. @internal */
  namesIn(processId: number): string[] {
    return this.list()
      .filter((service) => service.processId === processId && processId !== 0)
      .map(({ name }) => name);
  }

  /** For the parts of the machine that come and go with a service. @internal */
  onChange(name: string, effect: ServiceEffect): void {
    this.#effects.set(name.toLowerCase(), effect);
  }

  /** @internal */
  isRunning(name: string): boolean {
    return this.#services.get(name.toLowerCase())?.state === serviceState.running;
  }

  /** Starts the services that run by themselves, after a restart has ended the processes. @internal */
  restart(): void {
    for (const service of this.#services.values()) {
      Object.assign(service, notRunning());
      if (service.options.running === true) this.#finishStart(service);
    }
  }

  /** @internal */
  save(): ServiceRecord[] {
    return [...this.#services.values()].map((service) => ({ ...service }));
  }

  /** @internal */
  restore(saved: readonly ServiceRecord[]): void {
    this.#services.clear();
    for (const service of saved) this.#services.set(service.options.name.toLowerCase(), { ...service });
  }

  #find(name: string): ServiceRecord {
    const service = this.#services.get(name.toLowerCase());
    if (service === undefined) throw new Refusal(errorCodes.ERROR_SERVICE_DOES_NOT_EXIST.errorNumber);
    return service;
  }

  #startNeeded(name: string): void {
    if (this.isRunning(name)) return;
    try {
      this.start(name);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
    if (!this.isRunning(name)) throw new Refusal(errorCodes.ERROR_SERVICE_DEPENDENCY_FAIL.errorNumber);
  }

  #isNeeded(name: string): boolean {
    const wanted = name.toLowerCase();
    return [...this.#services.values()].some(
      ({ state, options }) =>
        state !== serviceState.stopped && options.dependsOn?.some((needed) => needed.toLowerCase() === wanted) === true,
    );
  }

  #step(service: ServiceRecord): void {
    const { state, options } = service;
    const isPending = state === serviceState.starting || state === serviceState.stopping;
    if (!isPending || options.hangs === (state === serviceState.starting ? 'starting' : 'stopping')) return;
    if (service.questions > 0) {
      service.questions -= 1;
      service.checkPoint += 1;
    } else if (state === serviceState.starting) this.#finishStart(service);
    else this.#finishStop(service);
  }

  #finishStart(service: ServiceRecord): void {
    const { name, diesWith, imageName, listensOn = [] } = service.options;
    if (diesWith !== undefined) {
      Object.assign(service, { ...notRunning(), exitCode: diesWith });
      return;
    }
    Object.assign(service, { ...notRunning(), state: serviceState.running });
    if (imageName !== undefined) {
      const process = {
        imageName,
        userName: 'NT AUTHORITY\\SYSTEM',
        commandLine: `C:\\Windows\\System32\\${imageName}`,
      };
      const key = startProcess(this.#state, { ...process, executable: process.commandLine });
      service.processKey = key;
      for (const listener of listensOn) listenOn(this.#state, key, listener);
    }
    this.#effects.get(name.toLowerCase())?.started();
  }

  #finishStop(service: ServiceRecord): void {
    const { processKey, options } = service;
    Object.assign(service, notRunning());
    if (processKey !== undefined) this.#state.endProcess(processKey);
    this.#effects.get(options.name.toLowerCase())?.stopped();
  }

  /** Its process ended by itself. */
  #aborted(service: ServiceRecord): void {
    Object.assign(service, { ...notRunning(), exitCode: errorCodes.ERROR_PROCESS_ABORTED.errorNumber });
    this.#effects.get(service.options.name.toLowerCase())?.stopped();
  }

  #statusOf({ options, state, exitCode, checkPoint, processKey }: ServiceRecord): ServiceStatusRow {
    const process = processKey === undefined ? undefined : this.#state.processes.get(processKey);
    return { name: options.name, state, exitCode, checkPoint, processId: process?.processId ?? 0 };
  }
}

function notRunning(): Omit<ServiceRecord, 'options'> {
  return { state: serviceState.stopped, questions: 0, checkPoint: 0, exitCode: 0, processKey: undefined };
}
