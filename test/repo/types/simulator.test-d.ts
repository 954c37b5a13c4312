// SPDX-License-Identifier: MIT
import { expectTypeOf } from 'vitest';
import type { ExcludedPortRange, PortBlock, PortRange, Protocol } from 'win-port-reservation';
import {
  assumptions,
  install,
  Refusal,
  SimulatedProcess,
  SimulatedWindows,
  type AcquiredBlock,
  type Assumption,
  type AssumptionName,
  type Assumptions,
  type BoundSocketRow,
  type ExcludedPortRangeRow,
  type HostPorts,
  type ListenerOptions,
  type ProcessOptions,
  type Installation,
  type InstallOptions,
  type MachineOptions,
  type PersistentReservationRow,
  type PortBlock as SimulatedPortBlock,
  type PortRange as SimulatedPortRange,
  type Protocol as SimulatedProtocol,
  type ReservationKind,
  type SavedMachine,
} from 'win-port-reservation/simulator';

expectTypeOf<SimulatedPortBlock>().toEqualTypeOf<PortBlock>();
expectTypeOf<SimulatedPortRange>().toEqualTypeOf<PortRange>();
expectTypeOf<SimulatedProtocol>().toEqualTypeOf<Protocol>();

expectTypeOf(install).toEqualTypeOf<(windows: SimulatedWindows, options?: InstallOptions) => Installation>();
expectTypeOf<InstallOptions>().toEqualTypeOf<{ readonly elevated?: boolean }>();
expectTypeOf<Installation>().toExtend<Disposable>();
expectTypeOf<Installation['uninstall']>().toEqualTypeOf<() => void>();

expectTypeOf<ConstructorParameters<typeof SimulatedWindows>>().toEqualTypeOf<[options?: MachineOptions | undefined]>();
expectTypeOf<MachineOptions>().toEqualTypeOf<{
  readonly dynamicRange?: PortRange;
  readonly assumptions?: Partial<Assumptions>;
  readonly hostPorts?: HostPorts;
}>();
expectTypeOf<HostPorts>().toEqualTypeOf<'same' | 'any'>();
expectTypeOf<SimulatedWindows['hostPorts']>().toEqualTypeOf<HostPorts>();
expectTypeOf(SimulatedWindows.restore).toEqualTypeOf<(saved: SavedMachine) => SimulatedWindows>();
expectTypeOf<SimulatedWindows['save']>().toEqualTypeOf<() => SavedMachine>();
expectTypeOf<SavedMachine['version']>().toEqualTypeOf<2>();
expectTypeOf<SimulatedWindows['dynamicRange']>().toEqualTypeOf<PortRange>();
expectTypeOf<SimulatedWindows['dynamicRangeOf']>().toEqualTypeOf<(protocol: Protocol) => PortRange>();
expectTypeOf<SimulatedWindows['setDynamicRange']>().toEqualTypeOf<(block: PortBlock) => void>();
expectTypeOf<SimulatedWindows['assumptions']>().toEqualTypeOf<Assumptions>();
expectTypeOf<SimulatedWindows['startProcess']>().returns.toEqualTypeOf<SimulatedProcess>();
expectTypeOf<Parameters<SimulatedWindows['startProcess']>>().toEqualTypeOf<[options?: ProcessOptions | undefined]>();
expectTypeOf<SimulatedWindows['process']>().toEqualTypeOf<(id: number) => SimulatedProcess>();
expectTypeOf<SimulatedWindows['isRunning']>().toEqualTypeOf<(id: number) => boolean>();
expectTypeOf<SimulatedWindows['restart']>().toEqualTypeOf<() => void>();

type Change = (block: PortBlock) => void;
type ChangeExclusion = (block: PortBlock, store?: 'active' | 'persistent') => void;
expectTypeOf<SimulatedWindows['addExcludedPortRange']>().toEqualTypeOf<ChangeExclusion>();
expectTypeOf<SimulatedWindows['deleteExcludedPortRange']>().toEqualTypeOf<ChangeExclusion>();
expectTypeOf<SimulatedWindows['addForeignReservation']>().toEqualTypeOf<Change>();
expectTypeOf<SimulatedWindows['deleteForeignReservation']>().toEqualTypeOf<Change>();
expectTypeOf<SimulatedWindows['addUnlistedReservation']>().toEqualTypeOf<
  (block: PortBlock, errorNumber: number) => void
>();
expectTypeOf<SimulatedWindows['deleteUnlistedReservation']>().toEqualTypeOf<Change>();

expectTypeOf<SimulatedWindows['excludedPortRanges']>().toEqualTypeOf<
  (protocol: Protocol, store?: 'active' | 'persistent') => ExcludedPortRangeRow[]
>();
expectTypeOf<ExcludedPortRangeRow>().toEqualTypeOf<{
  readonly protocol: Protocol;
  readonly startPort: number;
  readonly numberOfPorts: number;
  readonly endPort: number;
  readonly administered: boolean;
  readonly kind: ReservationKind;
}>();
expectTypeOf<ExcludedPortRangeRow>().toExtend<ExcludedPortRange>();
expectTypeOf<ReservationKind>().toEqualTypeOf<'administered' | 'foreign' | 'persistent' | 'runtime'>();
expectTypeOf<SimulatedWindows['persistentReservations']>().toEqualTypeOf<
  (protocol: Protocol) => PersistentReservationRow[]
>();
expectTypeOf<PersistentReservationRow>().toExtend<PortBlock>();
expectTypeOf<PersistentReservationRow['token']>().toEqualTypeOf<bigint>();
expectTypeOf<SimulatedWindows['portOwners']>().toEqualTypeOf<
  (
    protocol: Protocol,
    port?: number,
  ) => {
    readonly family: 4 | 6;
    readonly address: string;
    readonly port: number;
    readonly processId: number;
    readonly imageName: string;
  }[]
>();
expectTypeOf<SimulatedWindows['guestPortReservations']>().toEqualTypeOf<(process: SimulatedProcess) => PortBlock[]>();

expectTypeOf<SimulatedWindows['useTokens']>().toEqualTypeOf<(...tokens: bigint[]) => void>();
type Plan = (call: string, value: number, times?: number) => void;
expectTypeOf<SimulatedWindows['failNext']>().toEqualTypeOf<Plan>();
expectTypeOf<SimulatedWindows['delayNext']>().toEqualTypeOf<Plan>();
expectTypeOf<SimulatedWindows['takeFailure']>().toEqualTypeOf<(call: string) => number | undefined>();
expectTypeOf<SimulatedWindows['takeDelay']>().toEqualTypeOf<(call: string) => number>();

expectTypeOf<Pick<SimulatedProcess, 'id' | 'elevated' | 'processId'>>().toEqualTypeOf<{
  readonly id: number;
  readonly elevated: boolean;
  readonly processId: number;
}>();
expectTypeOf<ConstructorParameters<typeof SimulatedProcess>['1']>().toEqualTypeOf<number>();
type Persistent<Result> = (protocol: Protocol, startPort: number, numberOfPorts: number) => Result;
expectTypeOf<SimulatedProcess['createPersistentPortReservation']>().toEqualTypeOf<Persistent<bigint>>();
expectTypeOf<SimulatedProcess['deletePersistentPortReservation']>().toEqualTypeOf<Persistent<void>>();
expectTypeOf<SimulatedProcess['lookupPersistentPortReservation']>().toEqualTypeOf<Persistent<bigint>>();
expectTypeOf<SimulatedProcess['openSocket']>().toEqualTypeOf<
  (protocol: Protocol, family: 4 | 6, thread?: number) => number
>();
expectTypeOf<SimulatedProcess['acquirePortReservation']>().toEqualTypeOf<
  (socketId: number, startPort: number, numberOfPorts: number, suits?: (range: PortRange) => boolean) => AcquiredBlock
>();
expectTypeOf<AcquiredBlock>().toExtend<PortRange>();
expectTypeOf<AcquiredBlock['token']>().toEqualTypeOf<bigint>();
expectTypeOf<SimulatedProcess['associatePortReservation']>().toEqualTypeOf<(socketId: number, token: bigint) => void>();
expectTypeOf<SimulatedProcess['releasePortReservation']>().toEqualTypeOf<(socketId: number, token: bigint) => void>();
expectTypeOf<SimulatedProcess['bindCandidates']>().toEqualTypeOf<
  (socketId: number, port: number, addresses?: readonly string[]) => Generator<number>
>();
expectTypeOf<SimulatedProcess['isBesideWildcard']>().toEqualTypeOf<
  (socketId: number, port: number, addresses: readonly string[]) => boolean
>();
expectTypeOf<SimulatedProcess['confirmBind']>().toEqualTypeOf<
  (socketId: number, port: number, addresses?: readonly string[]) => void
>();
expectTypeOf<SimulatedProcess['closeSocket']>().toEqualTypeOf<(socketId: number) => void>();
expectTypeOf<SimulatedProcess['listen']>().toEqualTypeOf<(options: ListenerOptions) => number>();
expectTypeOf<SimulatedProcess['endThread']>().toEqualTypeOf<(thread: number) => void>();
expectTypeOf<SimulatedProcess['exit']>().toEqualTypeOf<() => void>();

expectTypeOf<Refusal>().toExtend<Error>();
expectTypeOf<ConstructorParameters<typeof Refusal>>().toEqualTypeOf<[errorNumber: number]>();
expectTypeOf<Pick<Refusal, 'errorNumber'>>().toEqualTypeOf<{ readonly errorNumber: number }>();

expectTypeOf<AssumptionName>().toEqualTypeOf<keyof typeof assumptions>();
expectTypeOf(assumptions.associateTwice).toEqualTypeOf<Assumption<number>>();
expectTypeOf<Assumption<boolean>>().toEqualTypeOf<{
  readonly kind: 'rule' | 'refusal' | 'outcome';
  readonly value: boolean;
  readonly statement: string;
  readonly standsOn: string;
  readonly probe: string;
}>();
expectTypeOf<Assumptions['associateTwice']>().toEqualTypeOf<number>();
expectTypeOf<Assumptions['starsPersistentReservations']>().toEqualTypeOf<boolean>();

export function wrongCalls(windows: SimulatedWindows): void {
  // @ts-expect-error -- a machine, not its options
  install({});
  // @ts-expect-error -- there is no such assumption
  new SimulatedWindows({ assumptions: { catsAreElevated: true } });
  // @ts-expect-error -- this assumption is a boolean, not an error number
  new SimulatedWindows({ assumptions: { starsPersistentReservations: 5 } });
  // @ts-expect-error -- a block has a protocol
  windows.addForeignReservation({ startPort: 3000, numberOfPorts: 100 });
  // @ts-expect-error -- with which error?
  windows.addUnlistedReservation({ protocol: 'tcp', startPort: 3000, numberOfPorts: 100 });
  // @ts-expect-error -- a token is a bigint
  windows.useTokens(1);
  // @ts-expect-error -- a call is identified by its name
  windows.failNext(5, 1);
  // @ts-expect-error -- of which protocol?
  windows.excludedPortRanges();
}

expectTypeOf<ProcessOptions>().toEqualTypeOf<{
  readonly elevated?: boolean | undefined;
  readonly processId?: number | undefined;
  readonly imageName?: string | undefined;
  readonly parentProcessId?: number | undefined;
  readonly startedAt?: Date | undefined;
  readonly executable?: string | undefined;
  readonly commandLine?: string | undefined;
  readonly workingDirectory?: string | undefined;
  readonly userName?: string | undefined;
}>();
expectTypeOf<BoundSocketRow>().toEqualTypeOf<{
  readonly family: 4 | 6;
  readonly address: string;
  readonly port: number;
  readonly processId: number;
  readonly imageName: string;
}>();
