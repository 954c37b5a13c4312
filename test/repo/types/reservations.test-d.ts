// SPDX-License-Identifier: MIT
import { expectTypeOf } from 'vitest';
import {
  createPersistentTcpPortReservation,
  createPersistentUdpPortReservation,
  deletePersistentTcpPortReservation,
  deletePersistentUdpPortReservation,
  lookupPersistentTcpPortReservation,
  lookupPersistentUdpPortReservation,
  PersistentPortReservation,
  PersistentPortReservationPair,
  RuntimePortReservation,
  RuntimePortReservationPair,
  type AcquirePairOptions,
  type AcquireRuntimeOptions,
  type PortableOptions,
  type PortBlock,
  type PortRange,
  type Protocol,
  type ReservationToken,
} from 'win-port-reservation';

type Find = (startPort: number, numberOfPorts: number) => Promise<bigint>;
type Delete = (startPort: number, numberOfPorts: number) => Promise<void>;
expectTypeOf(createPersistentTcpPortReservation).toEqualTypeOf<Find>();
expectTypeOf(createPersistentUdpPortReservation).toEqualTypeOf<Find>();
expectTypeOf(lookupPersistentTcpPortReservation).toEqualTypeOf<Find>();
expectTypeOf(lookupPersistentUdpPortReservation).toEqualTypeOf<Find>();
expectTypeOf(deletePersistentTcpPortReservation).toEqualTypeOf<Delete>();
expectTypeOf(deletePersistentUdpPortReservation).toEqualTypeOf<Delete>();

expectTypeOf<ReservationToken>().toEqualTypeOf<{
  readonly protocol: Protocol;
  readonly token: bigint;
  readonly startPort?: number | undefined;
  readonly numberOfPorts?: number | undefined;
  readonly processId?: number | undefined;
  readonly reserved?: boolean | undefined;
}>();
expectTypeOf<PortableOptions>().toEqualTypeOf<{ readonly portable?: boolean | undefined }>();

expectTypeOf<PersistentPortReservation>().toExtend<PortBlock & ReservationToken>();
expectTypeOf(PersistentPortReservation.create).toEqualTypeOf<
  <P extends Protocol>(block: PortBlock<P>) => Promise<PersistentPortReservation<P>>
>();
expectTypeOf(PersistentPortReservation.lookup).toEqualTypeOf<
  <P extends Protocol>(block: PortBlock<P>) => Promise<PersistentPortReservation<P>>
>();
expectTypeOf(PersistentPortReservation.ensure).toEqualTypeOf<
  <P extends Protocol>(block: PortBlock<P>, options?: PortableOptions) => Promise<PersistentPortReservation<P>>
>();
expectTypeOf<PersistentPortReservation['toJSON']>().toEqualTypeOf<() => Record<string, unknown>>();
expectTypeOf<RuntimePortReservation['toJSON']>().toEqualTypeOf<() => Record<string, unknown>>();
const udpBlock = { protocol: 'udp', startPort: 5000, numberOfPorts: 20 } as const;
expectTypeOf(PersistentPortReservation.ensure(udpBlock)).resolves.toEqualTypeOf<PersistentPortReservation<'udp'>>();
expectTypeOf<PersistentPortReservation['delete']>().toEqualTypeOf<() => Promise<void>>();
type PropertiesOfReservation = 'protocol' | 'startPort' | 'numberOfPorts' | 'token' | 'reserved';
expectTypeOf<Pick<PersistentPortReservation, PropertiesOfReservation>>().toEqualTypeOf<{
  readonly protocol: Protocol;
  readonly startPort: number;
  readonly numberOfPorts: number;
  readonly token: bigint;
  readonly reserved: boolean;
}>();

expectTypeOf<RuntimePortReservation>().toExtend<PortBlock & ReservationToken & AsyncDisposable>();
expectTypeOf(RuntimePortReservation.acquire).toEqualTypeOf<
  <P extends Protocol>(options: AcquireRuntimeOptions<P>) => Promise<RuntimePortReservation<P>>
>();
expectTypeOf(RuntimePortReservation.acquire({ protocol: 'udp', numberOfPorts: 1 })).resolves.toEqualTypeOf<
  RuntimePortReservation<'udp'>
>();
expectTypeOf<RuntimePortReservation['release']>().toEqualTypeOf<() => Promise<void>>();
expectTypeOf<RuntimePortReservation[typeof Symbol.asyncDispose]>().toEqualTypeOf<() => Promise<void>>();
expectTypeOf<Pick<RuntimePortReservation, PropertiesOfReservation | 'processId'>>().toEqualTypeOf<{
  readonly protocol: Protocol;
  readonly startPort: number;
  readonly numberOfPorts: number;
  readonly token: bigint;
  readonly reserved: boolean;
  readonly processId: number;
}>();
expectTypeOf<AcquireRuntimeOptions>().toExtend<PortableOptions>();
expectTypeOf<Omit<AcquireRuntimeOptions, keyof PortableOptions>>().toEqualTypeOf<{
  readonly protocol: Protocol;
  readonly numberOfPorts: number;
  readonly startPort?: number | undefined;
}>();

expectTypeOf<AcquirePairOptions>().toEqualTypeOf<Omit<AcquireRuntimeOptions, 'protocol'>>();
expectTypeOf<RuntimePortReservationPair>().toExtend<PortRange & AsyncDisposable>();
expectTypeOf(RuntimePortReservationPair.acquire).toEqualTypeOf<
  (options: AcquirePairOptions) => Promise<RuntimePortReservationPair>
>();
expectTypeOf<RuntimePortReservationPair['release']>().toEqualTypeOf<() => Promise<void>>();
expectTypeOf<RuntimePortReservationPair[typeof Symbol.asyncDispose]>().toEqualTypeOf<() => Promise<void>>();
type PropertiesOfPair = 'tcp' | 'udp' | 'startPort' | 'numberOfPorts';
expectTypeOf<Pick<RuntimePortReservationPair, PropertiesOfPair>>().toEqualTypeOf<{
  readonly tcp: RuntimePortReservation<'tcp'>;
  readonly udp: RuntimePortReservation<'udp'>;
  readonly startPort: number;
  readonly numberOfPorts: number;
}>();

expectTypeOf<PersistentPortReservationPair>().toExtend<PortRange>();
expectTypeOf(PersistentPortReservationPair.create).toEqualTypeOf<
  (range: PortRange) => Promise<PersistentPortReservationPair>
>();
expectTypeOf(PersistentPortReservationPair.lookup).toEqualTypeOf<
  (range: PortRange) => Promise<PersistentPortReservationPair>
>();
expectTypeOf(PersistentPortReservationPair.ensure).toEqualTypeOf<
  (range: PortRange, options?: PortableOptions) => Promise<PersistentPortReservationPair>
>();
expectTypeOf<PersistentPortReservationPair['delete']>().toEqualTypeOf<() => Promise<void>>();
expectTypeOf<Pick<PersistentPortReservationPair, PropertiesOfPair>>().toEqualTypeOf<{
  readonly tcp: PersistentPortReservation<'tcp'>;
  readonly udp: PersistentPortReservation<'udp'>;
  readonly startPort: number;
  readonly numberOfPorts: number;
}>();

export async function wrongCalls(reservation: PersistentPortReservation): Promise<void> {
  // @ts-expect-error -- how many ports?
  await createPersistentTcpPortReservation(5000);
  // @ts-expect-error -- a port is a number
  await lookupPersistentUdpPortReservation('5000', 20);
  // @ts-expect-error -- a block, not two numbers
  await PersistentPortReservation.create(5000, 20);
  // @ts-expect-error -- a block has a protocol
  await PersistentPortReservation.ensure({ startPort: 5000, numberOfPorts: 20 });
  // @ts-expect-error -- Windows does not choose the place of a persistent reservation
  await PersistentPortReservation.create({ protocol: 'tcp', numberOfPorts: 20 });
  // @ts-expect-error -- only "ensure" goes on without a reservation
  await PersistentPortReservation.lookup({ protocol: 'tcp', startPort: 5000, numberOfPorts: 20 }, { portable: true });
  // @ts-expect-error -- how many ports?
  await RuntimePortReservation.acquire({ protocol: 'udp' });
  // @ts-expect-error -- a pair has both protocols
  await RuntimePortReservationPair.acquire({ protocol: 'udp', numberOfPorts: 2 });
  // @ts-expect-error -- it is created by the functions above
  new PersistentPortReservation({ protocol: 'tcp', startPort: 5000, numberOfPorts: 20 }, 1n);
  // @ts-expect-error -- a token is a bigint
  reservation.token satisfies number;
  // @ts-expect-error -- a reservation is read-only
  reservation.token = 1n;
}
