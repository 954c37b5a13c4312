// SPDX-License-Identifier: MIT
import { expectTypeOf } from 'vitest';
import {
  explainListenError,
  explainPort,
  type ExcludedPortRange,
  type ExplainPortOptions,
  type GuestPortReservation,
  type PersistentPortReservation,
  type PortAdvice,
  type PortBlock,
  type PortCause,
  type PortEvidence,
  type PortExplanation,
  type PortOwner,
  type Protocol,
  type RuntimePortReservation,
} from 'win-port-reservation';
import type { ExplainedError } from 'win-port-reservation/explain';

expectTypeOf(explainPort).toEqualTypeOf<(options: ExplainPortOptions) => Promise<PortExplanation>>();
expectTypeOf(explainListenError).toEqualTypeOf<(error: unknown) => Promise<PortExplanation>>();
expectTypeOf<{ protocol: Protocol; port: number; host?: string | undefined }>().toExtend<ExplainPortOptions>();
expectTypeOf<PortBlock & { host?: string | undefined }>().toExtend<ExplainPortOptions>();
expectTypeOf<PersistentPortReservation>().toExtend<ExplainPortOptions>();
expectTypeOf<RuntimePortReservation>().toExtend<ExplainPortOptions>();
expectTypeOf<PortOwner>().toExtend<ExplainPortOptions>();
expectTypeOf<GuestPortReservation>().not.toExtend<ExplainPortOptions>();
expectTypeOf<ExplainPortOptions['port']>().toEqualTypeOf<number | undefined>();
expectTypeOf<ExplainPortOptions['startPort']>().toEqualTypeOf<number | undefined>();

// Programs compare with these.
expectTypeOf<PortCause>().toEqualTypeOf<
  | 'free'
  | 'in-use'
  | 'exclusive-use'
  | 'foreign-range'
  | 'administered-range'
  | 'persistent-reservation'
  | 'runtime-reservation'
  | 'guest-reservation'
  | 'not-listed'
  | 'not-elevated'
  | 'privileged-port'
  | 'address-not-available'
>();
expectTypeOf<PortEvidence>().toEqualTypeOf<{ readonly source: string; readonly finding: string }>();
expectTypeOf<PortAdvice>().toEqualTypeOf<{
  readonly text: string;
  readonly commands?: readonly string[];
  readonly call?: string;
  readonly elevated: boolean;
  readonly cost?: string;
}>();
expectTypeOf<PortExplanation>().toEqualTypeOf<{
  readonly protocol: Protocol;
  readonly port: number;
  readonly host?: string;
  readonly cause: PortCause;
  readonly bindable: boolean;
  readonly certainty: 'certain' | 'likely' | 'possible';
  readonly sentence: string;
  readonly range?: ExcludedPortRange;
  readonly owners: readonly PortOwner[];
  readonly evidence: readonly PortEvidence[];
  readonly advice: readonly PortAdvice[];
}>();

// @ts-expect-error -- a port without its protocol
void explainPort({ port: 3000 });
// @ts-expect-error -- neither a port nor a block
void explainPort({ protocol: 'tcp' });
// @ts-expect-error -- either a port or a block
void explainPort({ protocol: 'tcp', port: 3000, startPort: 3000 });
// @ts-expect-error -- a port is a number
void explainPort({ protocol: 'tcp', port: '3000' });

expectTypeOf<ExplainedError>().toExtend<NodeJS.ErrnoException>();
expectTypeOf<ExplainedError['explanation']>().toEqualTypeOf<PortExplanation | undefined>();
