// SPDX-License-Identifier: MIT
import { expectTypeOf } from 'vitest';
import {
  freePort,
  type FreedPort,
  type FreePortOptions,
  type OwnerDetails,
  type ParentProcess,
  type PortOwner,
  type Protocol,
} from 'win-port-reservation';

expectTypeOf(freePort).toEqualTypeOf<(options: FreePortOptions) => Promise<FreedPort>>();
expectTypeOf<FreePortOptions>().toEqualTypeOf<{
  readonly protocol: Protocol;
  readonly port: number;
  readonly tree?: boolean | undefined;
  readonly stopServices?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}>();
expectTypeOf<FreedPort>().toEqualTypeOf<{
  readonly protocol: Protocol;
  readonly port: number;
  readonly owners: readonly PortOwner[];
  readonly endedProcessIds: readonly number[];
  readonly stoppedServices: readonly string[];
}>();
expectTypeOf<PortOwner>().toExtend<OwnerDetails>();
expectTypeOf<OwnerDetails>().toEqualTypeOf<{
  readonly executable?: string;
  readonly commandLine?: string;
  readonly workingDirectory?: string;
  readonly userName?: string;
  readonly startedAt?: Date;
  readonly parents?: readonly ParentProcess[];
  readonly orphaned?: boolean;
}>();
expectTypeOf<ParentProcess>().toEqualTypeOf<{
  readonly processId: number;
  readonly imageName: string;
  readonly commandLine?: string;
  readonly startedAt?: Date;
}>();
