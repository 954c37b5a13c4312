// SPDX-License-Identifier: MIT
import { expectTypeOf } from 'vitest';
import {
  findFreePorts,
  type FindFreePortsOptions,
  type FoundPorts,
  type FreePorts,
  type PortableOptions,
  type PortBlock,
  type PortRange,
  type Protocol,
  type RuntimePortReservation,
  type RuntimePortReservationPair,
} from 'win-port-reservation';

expectTypeOf<FindFreePortsOptions>().toExtend<PortableOptions>();
expectTypeOf<Omit<FindFreePortsOptions, keyof PortableOptions>>().toEqualTypeOf<{
  readonly protocol?: Protocol | 'both' | undefined;
  readonly numberOfPorts?: number | undefined;
  readonly fromPort?: number | undefined;
  readonly toPort?: number | undefined;
  readonly ports?: readonly number[] | undefined;
  readonly exclude?: readonly number[] | undefined;
  readonly browserSafe?: boolean | undefined;
  readonly host?: string | undefined;
  readonly hold?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}>();
expectTypeOf<FreePorts>().toExtend<PortRange>();
expectTypeOf<FreePorts['protocol']>().toEqualTypeOf<Protocol | 'both'>();

// The type of the result follows from the options.
expectTypeOf(findFreePorts()).resolves.toEqualTypeOf<PortBlock<'tcp'>>();
expectTypeOf(findFreePorts({ protocol: 'udp', hold: false })).resolves.toEqualTypeOf<PortBlock<'udp'>>();
expectTypeOf(findFreePorts({ protocol: 'both' })).resolves.toExtend<FreePorts & { readonly protocol: 'both' }>();
expectTypeOf(findFreePorts({ hold: true })).resolves.toEqualTypeOf<RuntimePortReservation<'tcp'>>();
expectTypeOf(findFreePorts({ hold: true, protocol: 'udp' })).resolves.toEqualTypeOf<RuntimePortReservation<'udp'>>();
expectTypeOf(findFreePorts({ hold: true, protocol: 'both' })).resolves.toEqualTypeOf<RuntimePortReservationPair>();
expectTypeOf<FoundPorts<FindFreePortsOptions & { hold: boolean }>>().toEqualTypeOf<
  | PortBlock<'tcp'>
  | PortBlock<'udp'>
  | (FreePorts & { readonly protocol: 'both' })
  | RuntimePortReservation<'tcp'>
  | RuntimePortReservation<'udp'>
  | RuntimePortReservationPair
>();

// @ts-expect-error -- no such protocol
void findFreePorts({ protocol: 'sctp' });
// @ts-expect-error -- ports are numbers
void findFreePorts({ fromPort: '3000' });
