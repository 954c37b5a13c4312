// SPDX-License-Identifier: MIT
import { expectTypeOf } from 'vitest';
import {
  explainListenError,
  explainPort,
  type ExcludedPortRange,
  type ExplainPortOptions,
  type PortAdvice,
  type PortCause,
  type PortEvidence,
  type PortExplanation,
  type PortOwner,
  type Protocol,
} from 'win-port-reservation';

expectTypeOf(explainPort).toEqualTypeOf<(options: ExplainPortOptions) => Promise<PortExplanation>>();
expectTypeOf(explainListenError).toEqualTypeOf<(error: unknown) => Promise<PortExplanation>>();
expectTypeOf<ExplainPortOptions>().toEqualTypeOf<{
  readonly protocol: Protocol;
  readonly port: number;
  readonly host?: string | undefined;
}>();

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
// @ts-expect-error -- a port is a number
void explainPort({ protocol: 'tcp', port: '3000' });
