// SPDX-License-Identifier: MIT
import { expectTypeOf } from 'vitest';
import {
  checkMachine,
  type CheckMachineOptions,
  type MachineCheck,
  type MachineCheckName,
  type PortAdvice,
} from 'win-port-reservation';

expectTypeOf(checkMachine).toEqualTypeOf<(options?: CheckMachineOptions) => Promise<MachineCheck[]>>();
expectTypeOf<CheckMachineOptions>().toEqualTypeOf<{ readonly ports?: readonly number[] | undefined }>();
expectTypeOf<MachineCheck>().toEqualTypeOf<{
  readonly name: MachineCheckName;
  readonly state: 'ok' | 'warning' | 'problem' | 'unknown';
  readonly sentence: string;
  readonly advice?: PortAdvice;
  readonly setting?: string;
}>();
expectTypeOf<MachineCheckName>().toEqualTypeOf<
  | 'dynamic-range'
  | 'max-user-port'
  | 'ports'
  | 'guest-ports'
  | 'servers'
  | 'wsl'
  | 'docker'
  | 'winnat'
  | 'hns'
  | 'http'
  | 'elevation'
  | 'addon'
  | 'netsh'
  | 'node'
  | 'node-options'
>();
