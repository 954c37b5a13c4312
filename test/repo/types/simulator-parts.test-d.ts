// SPDX-License-Identifier: MIT
import { expectTypeOf } from 'vitest';
import type { PortBlock, Protocol } from 'win-port-reservation';
import type {
  ContainerOptions,
  ContainerRow,
  DistributionRow,
  LinuxListenerRow,
  ListenerOptions,
  ProcessDescription,
  ServiceBehavior,
  ServiceOptions,
  ServiceStatusRow,
  SimulatedDocker,
  SimulatedHttpSys,
  SimulatedProcesses,
  SimulatedRegistry,
  SimulatedServices,
  SimulatedWindows,
  SimulatedWinNat,
  SimulatedWsl,
  WslMode,
  WslOptions,
} from 'win-port-reservation/simulator';

type Part = 'services' | 'winNat' | 'httpSys' | 'docker' | 'wsl' | 'processes' | 'registry';
expectTypeOf<Pick<SimulatedWindows, Part>>().toEqualTypeOf<{
  readonly services: SimulatedServices;
  readonly winNat: SimulatedWinNat;
  readonly httpSys: SimulatedHttpSys;
  readonly docker: SimulatedDocker;
  readonly wsl: SimulatedWsl;
  readonly processes: SimulatedProcesses;
  readonly registry: SimulatedRegistry;
}>();

expectTypeOf<SimulatedServices['add']>().toEqualTypeOf<(options: ServiceOptions) => void>();
expectTypeOf<SimulatedServices['change']>().toEqualTypeOf<(name: string, behavior: ServiceBehavior) => void>();
type ByName = (name: string) => void;
expectTypeOf<SimulatedServices['run']>().toEqualTypeOf<ByName>();
expectTypeOf<SimulatedServices['remove']>().toEqualTypeOf<ByName>();
expectTypeOf<SimulatedServices['start']>().toEqualTypeOf<ByName>();
expectTypeOf<SimulatedServices['stop']>().toEqualTypeOf<(name: string) => ServiceStatusRow>();
expectTypeOf<SimulatedServices['query']>().toEqualTypeOf<(name: string) => ServiceStatusRow>();
expectTypeOf<SimulatedServices['list']>().toEqualTypeOf<() => ServiceStatusRow[]>();
expectTypeOf<ServiceBehavior>().toEqualTypeOf<{
  readonly questionsToStart?: number | undefined;
  readonly questionsToStop?: number | undefined;
  readonly hangs?: 'starting' | 'stopping' | undefined;
  readonly refusesToStart?: number | undefined;
  readonly refusesToStop?: number | undefined;
  readonly diesWith?: number | undefined;
}>();
expectTypeOf<ServiceOptions>().toExtend<ServiceBehavior>();
expectTypeOf<Omit<ServiceOptions, keyof ServiceBehavior>>().toEqualTypeOf<{
  readonly name: string;
  readonly running?: boolean | undefined;
  readonly dependsOn?: readonly string[] | undefined;
  readonly imageName?: string | undefined;
  readonly listensOn?: readonly ListenerOptions[] | undefined;
}>();
expectTypeOf<ServiceStatusRow>().toEqualTypeOf<{
  readonly name: string;
  readonly state: number;
  readonly exitCode: number;
  readonly checkPoint: number;
  readonly processId: number;
}>();
expectTypeOf<ListenerOptions>().toEqualTypeOf<{
  readonly protocol: Protocol;
  readonly port: number;
  readonly address?: string | undefined;
}>();

expectTypeOf<SimulatedWinNat['blocks']>().toEqualTypeOf<readonly PortBlock[]>();
expectTypeOf<SimulatedWinNat['addBlock']>().toEqualTypeOf<(block: PortBlock) => void>();
expectTypeOf<SimulatedWinNat['usePlaces']>().toEqualTypeOf<(...startPorts: number[]) => void>();

expectTypeOf<SimulatedHttpSys['ports']>().toEqualTypeOf<readonly number[]>();
expectTypeOf<SimulatedHttpSys['listen']>().toEqualTypeOf<(port: number) => void>();

expectTypeOf<SimulatedDocker['isInstalled']>().toEqualTypeOf<boolean>();
expectTypeOf<SimulatedDocker['containers']>().toEqualTypeOf<readonly ContainerRow[]>();
expectTypeOf<SimulatedDocker['run']>().toEqualTypeOf<(options: ContainerOptions) => void>();
expectTypeOf<SimulatedDocker['stop']>().toEqualTypeOf<(name: string) => void>();
expectTypeOf<ContainerOptions>().toEqualTypeOf<{
  readonly port: number;
  readonly protocol?: Protocol | undefined;
  readonly name?: string | undefined;
  readonly heldBy?: 'socket' | 'hns' | undefined;
}>();
expectTypeOf<ContainerRow>().toEqualTypeOf<{
  readonly name: string;
  readonly protocol: Protocol;
  readonly port: number;
  readonly heldBy: 'socket' | 'hns';
}>();

expectTypeOf<WslMode>().toEqualTypeOf<'nat' | 'mirrored'>();
expectTypeOf<SimulatedWsl['mode']>().toEqualTypeOf<WslMode | undefined>();
expectTypeOf<SimulatedWsl['distributions']>().toEqualTypeOf<readonly DistributionRow[]>();
expectTypeOf<SimulatedWsl['listeners']>().toEqualTypeOf<readonly LinuxListenerRow[]>();
expectTypeOf<SimulatedWsl['start']>().toEqualTypeOf<(options?: WslOptions) => void>();
expectTypeOf<SimulatedWsl['shutDown']>().toEqualTypeOf<() => void>();
expectTypeOf<SimulatedWsl['terminate']>().toEqualTypeOf<(distribution: string) => void>();
expectTypeOf<SimulatedWsl['listen']>().toEqualTypeOf<(port: number, program?: string) => void>();
expectTypeOf<SimulatedWsl['end']>().toEqualTypeOf<(port: number) => void>();
expectTypeOf<SimulatedWsl['releaseEnded']>().toEqualTypeOf<() => void>();
expectTypeOf<WslOptions>().toEqualTypeOf<{
  readonly mode?: WslMode | undefined;
  readonly distribution?: string | undefined;
}>();
expectTypeOf<DistributionRow>().toEqualTypeOf<{ readonly name: string; readonly hasNetwork: boolean }>();
expectTypeOf<LinuxListenerRow>().toEqualTypeOf<{
  readonly port: number;
  readonly program: string;
  readonly ended: boolean;
}>();

interface Asking {
  readonly id: number;
}
expectTypeOf<SimulatedProcesses['list']>().toEqualTypeOf<() => ProcessDescription[]>();
expectTypeOf<SimulatedProcesses['describe']>().toEqualTypeOf<
  (asking: Asking, processId: number) => ProcessDescription | undefined
>();
expectTypeOf<SimulatedProcesses['terminate']>().toEqualTypeOf<
  (asking: Asking, processId: number, createdAt: bigint) => void
>();
expectTypeOf<ProcessDescription>().toEqualTypeOf<{
  readonly processId: number;
  readonly imageName: string;
  readonly parentProcessId: number;
  readonly createdAt: bigint;
  readonly executable: string;
  readonly commandLine: string;
  readonly workingDirectory: string;
  readonly userName: string;
}>();

expectTypeOf<SimulatedRegistry['read']>().toEqualTypeOf<(key: string, valueName: string) => number | undefined>();
expectTypeOf<SimulatedRegistry['write']>().toEqualTypeOf<
  (key: string, valueName: string, value: number | undefined) => void
>();

export function wrongCalls(windows: SimulatedWindows): void {
  // @ts-expect-error -- WSL has no such mode
  windows.wsl.start({ mode: 'bridged' });
  // @ts-expect-error -- a service has a name
  windows.services.add({ running: true });
  // @ts-expect-error -- a block has a protocol
  windows.winNat.addBlock({ startPort: 3000, numberOfPorts: 100 });
}
