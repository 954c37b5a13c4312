// SPDX-License-Identifier: MIT
import { expectTypeOf } from 'vitest';
import {
  protectPorts,
  unprotectPorts,
  type ExcludedPortRange,
  type PortBlock,
  type ProtectedPorts,
  type ProtectionProgress,
  type ProtectionStep,
  type ProtectPortsOptions,
  type UnprotectPortsOptions,
} from 'win-port-reservation';

expectTypeOf(protectPorts).toEqualTypeOf<
  (block: PortBlock, options?: ProtectPortsOptions) => Promise<ProtectedPorts>
>();
expectTypeOf<ProtectPortsOptions>().toEqualTypeOf<{
  readonly stopWinNat?: boolean | undefined;
  readonly shutDownWsl?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: ((progress: ProtectionProgress) => void) | undefined;
}>();
expectTypeOf<ProtectedPorts>().toExtend<PortBlock>();
expectTypeOf<Omit<ProtectedPorts, keyof PortBlock>>().toEqualTypeOf<{
  readonly excluded: readonly PortBlock[];
  readonly restartedWinNat: boolean;
  readonly freed: readonly ExcludedPortRange[];
  readonly takenInstead: readonly ExcludedPortRange[];
  readonly startAgain: readonly string[];
}>();
expectTypeOf<ProtectionProgress>().toEqualTypeOf<{ readonly step: ProtectionStep; readonly waitedMs: number }>();
expectTypeOf<ProtectionStep>().toEqualTypeOf<{
  readonly action:
    'guard' | 'shut-down-wsl' | 'stop-winnat' | 'exclude' | 'wait-for-program' | 'start-winnat' | 'verify';
  readonly text: string;
  readonly block?: PortBlock;
}>();

expectTypeOf(unprotectPorts).toEqualTypeOf<
  (block: PortBlock, options?: UnprotectPortsOptions) => Promise<readonly PortBlock[]>
>();
expectTypeOf<UnprotectPortsOptions>().toEqualTypeOf<{ readonly force?: boolean | undefined }>();
