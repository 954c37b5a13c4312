// SPDX-License-Identifier: MIT
import { type CallFailure, isCallFailure } from '../common/errors.js';
import { errorCodes } from '../common/error-codes.js';
import type { NativeMachine, ProcessDetails, ProcessRow, ServiceStatus } from '../windows/native-machine.js';
import { hostParent } from './host-process.js';
import { perform, type MachineAccess } from './machine-access.js';
import type { SimulatedWindows } from './model/machine.js';
import type { SimulatedProcess } from './model/process.js';
import { Refusal } from './model/refusal.js';
import type { ServiceStatusRow } from './model/services.js';

const running = 4;
const acceptStop = 1;
/** SERVICE_STATUS_PROCESS promises a step within this time. A service of the machine takes a step at each question. */
const waitHintMs = 1000;

/** Does what the addon does on Windows with services, processes and the registry, for one process of a simulated machine. */
export function simulatedMachine(access: MachineAccess): NativeMachine {
  /** OpenServiceW, and then the call. Only an elevated process may start and stop services. */
  const withService = async <Result>(
    name: string,
    call: string,
    work: (machine: SimulatedWindows) => Result,
    needsElevation = true,
  ): Promise<Result | CallFailure> => {
    const opened = await perform(access, 'OpenServiceW', ({ elevated }, machine) => {
      machine.services.check(name);
      if (needsElevation && !elevated) throw new Refusal(errorCodes.ERROR_ACCESS_DENIED.errorNumber);
    });
    return isCallFailure(opened) ? opened : perform(access, call, (_, machine) => work(machine));
  };
  return {
    queryService: (name) =>
      withService(name, 'QueryServiceStatusEx', ({ services }) => statusOf(services.query(name)), false),
    startService: (name) =>
      withService(name, 'StartServiceW', ({ services }): undefined => {
        services.start(name);
      }),
    stopService: (name) => withService(name, 'ControlService', ({ services }) => statusOf(services.stop(name))),
    listProcesses: () => perform(access, 'CreateToolhelp32Snapshot', (_, machine) => listProcesses(machine)),
    async describeProcesses(processIds) {
      const details = await perform(access, 'NtQueryInformationProcess', (process, machine) =>
        processIds.map((processId) => describeProcess(process, machine, processId)),
      );
      return isCallFailure(details) ? processIds.map(unknownProcess) : details;
    },
    terminateProcess: (processId, createdAt) =>
      perform(access, 'OpenProcess', (process, machine): undefined => {
        // The process that asks would not learn what came of it.
        if (processId === process.processId) throw new Refusal(errorCodes.ERROR_ACCESS_DENIED.errorNumber);
        machine.processes.terminate(process, processId, createdAt);
        access.killOnHost(processId);
      }),
    readRegistryNumber: (key, valueName) =>
      perform(access, 'RegGetValueW', (_, machine) => machine.registry.read(key, valueName)),
    runElevated: (file, parameters, folder) =>
      perform(access, 'ShellExecuteExW', (_, machine) => access.startElevated(machine, file, parameters, folder)),
  };
}

function statusOf({ state, exitCode, checkPoint, processId }: ServiceStatusRow): ServiceStatus {
  const isPending = state !== running && state !== 1;
  return {
    state,
    controlsAccepted: state === running ? acceptStop : 0,
    exitCode,
    serviceExitCode: 0,
    checkPoint,
    waitHint: isPending ? waitHintMs : 0,
    processId,
  };
}

/** Lists the processes of the machine, and those of the host that started them. */
function listProcesses(machine: SimulatedWindows): ProcessRow[] {
  const rows = new Map<number, ProcessRow>();
  for (const { processId, parentProcessId, imageName } of machine.processes.list()) {
    rows.set(processId, { processId, parentProcessId, imageName });
  }
  for (const { parentProcessId } of [...rows.values()]) addParents(rows, parentProcessId);
  return [...rows.values()];
}

function addParents(rows: Map<number, ProcessRow>, processId: number): void {
  for (let next = processId; !rows.has(next);) {
    const parent = hostParent(next);
    if (parent === undefined) return;
    const { parentProcessId, imageName } = parent;
    rows.set(next, { processId: next, parentProcessId, imageName });
    next = parentProcessId;
  }
}

function describeProcess(asking: SimulatedProcess, machine: SimulatedWindows, processId: number): ProcessDetails {
  const description = machine.processes.describe(asking, processId) ?? hostParent(processId);
  if (description === undefined) return unknownProcess(processId);
  const { createdAt, executable, commandLine, workingDirectory, userName } = description;
  return { processId, createdAt, executable, commandLine, workingDirectory, userName };
}

function unknownProcess(processId: number): ProcessDetails {
  return { processId, createdAt: 0n, executable: '', commandLine: '', workingDirectory: '', userName: '' };
}
