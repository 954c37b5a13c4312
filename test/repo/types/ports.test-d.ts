// SPDX-License-Identifier: MIT
import { expectTypeOf } from 'vitest';
import {
  addExcludedPortRange,
  deleteExcludedPortRange,
  explainPort,
  getDynamicPortRange,
  isElevated,
  isSupported,
  listExcludedPortRanges,
  listGuestPortReservations,
  listPortOwners,
  parseExcludedPortRanges,
  type DynamicPortRangeOptions,
  type ExcludedPortRange,
  type ExcludedPortRangeOptions,
  type GuestPortReservation,
  type ListExcludedPortRangesOptions,
  type ListPortOwnersOptions,
  type PortBlock,
  type PortExplanation,
  type OwnerDetails,
  type PortOwner,
  type PortRange,
  type PortReservationError,
  type Protocol,
  type TcpState,
} from 'win-port-reservation';

expectTypeOf(isSupported).toEqualTypeOf<boolean>();
expectTypeOf(isElevated).toEqualTypeOf<() => boolean>();

expectTypeOf<Protocol>().toEqualTypeOf<'tcp' | 'udp'>();
expectTypeOf<PortRange>().toEqualTypeOf<{ readonly startPort: number; readonly numberOfPorts: number }>();
expectTypeOf<PortBlock>().toExtend<PortRange>();
expectTypeOf<Omit<PortBlock, keyof PortRange>>().toEqualTypeOf<{ readonly protocol: Protocol }>();
expectTypeOf<ExcludedPortRange>().toEqualTypeOf<{
  readonly protocol: Protocol;
  readonly startPort: number;
  readonly numberOfPorts: number;
  readonly endPort: number;
  readonly administered: boolean;
}>();
expectTypeOf<ExcludedPortRange>().toExtend<PortBlock>();

expectTypeOf(listExcludedPortRanges).toEqualTypeOf<
  (options?: ListExcludedPortRangesOptions) => Promise<ExcludedPortRange[]>
>();
expectTypeOf<ListExcludedPortRangesOptions>().toEqualTypeOf<{
  readonly protocol?: Protocol | undefined;
  readonly family?: 4 | 6 | undefined;
  readonly store?: 'active' | 'persistent' | undefined;
}>();
expectTypeOf(getDynamicPortRange).toEqualTypeOf<(options?: DynamicPortRangeOptions) => Promise<PortRange>>();
expectTypeOf<DynamicPortRangeOptions>().toEqualTypeOf<{
  readonly protocol?: Protocol | undefined;
  readonly family?: 4 | 6 | undefined;
}>();
expectTypeOf(addExcludedPortRange).toEqualTypeOf<
  (block: PortBlock, options?: ExcludedPortRangeOptions) => Promise<void>
>();
expectTypeOf(deleteExcludedPortRange).toEqualTypeOf<
  (block: PortBlock, options?: ExcludedPortRangeOptions) => Promise<void>
>();
expectTypeOf<ExcludedPortRangeOptions>().toEqualTypeOf<{ readonly family?: 4 | 6 | undefined }>();
expectTypeOf(parseExcludedPortRanges).toEqualTypeOf<(netshOutput: string, protocol: Protocol) => ExcludedPortRange[]>();

expectTypeOf(listPortOwners).toEqualTypeOf<(options?: ListPortOwnersOptions) => Promise<PortOwner[]>>();
expectTypeOf<ListPortOwnersOptions>().toEqualTypeOf<{
  readonly protocol?: Protocol | undefined;
  readonly port?: number | undefined;
  readonly processId?: number | undefined;
  readonly details?: boolean | undefined;
}>();
expectTypeOf<Omit<PortOwner, keyof OwnerDetails>>().toEqualTypeOf<{
  readonly protocol: Protocol;
  readonly port: number;
  readonly address: string;
  readonly state?: TcpState;
  readonly processId: number;
  readonly imageName?: string;
  readonly serviceNames: readonly string[];
}>();
expectTypeOf<Extract<TcpState, 'LISTEN' | 'TIME_WAIT'>>().toEqualTypeOf<'LISTEN' | 'TIME_WAIT'>();
expectTypeOf<'LISTENING'>().not.toExtend<TcpState>();
expectTypeOf(listGuestPortReservations).toEqualTypeOf<() => Promise<GuestPortReservation[] | undefined>>();
expectTypeOf<GuestPortReservation['protocol']>().toEqualTypeOf<Protocol | 'both'>();
expectTypeOf<GuestPortReservation>().toEqualTypeOf<{
  readonly protocol: Protocol | 'both';
  readonly startPort: number;
  readonly numberOfPorts: number;
  readonly endPort: number;
}>();
expectTypeOf<GuestPortReservation>().toExtend<PortRange>();

// The functions accept what the others return.
export async function passOn(error: PortReservationError, explanation: PortExplanation): Promise<void> {
  const [listed] = await listExcludedPortRanges();
  const [parsed] = parseExcludedPortRanges('', 'tcp');
  for (const range of [listed, parsed, error.blocks?.[0], explanation.range]) {
    if (range === undefined) continue;
    await addExcludedPortRange(range);
    await deleteExcludedPortRange(range);
    await explainPort(range);
    await explainPort({ ...range, host: '127.0.0.1' });
  }
}

export async function wrongCalls(block: PortBlock): Promise<void> {
  // @ts-expect-error -- there are two protocols
  await listExcludedPortRanges({ protocol: 'TCP' });
  // @ts-expect-error -- a family is a number
  await getDynamicPortRange({ family: 'ipv4' });
  // @ts-expect-error -- there are two stores
  await listExcludedPortRanges({ store: 'registry' });
  // @ts-expect-error -- a block has a protocol
  await addExcludedPortRange({ startPort: 5000, numberOfPorts: 20 });
  // @ts-expect-error -- a port is a number
  await deleteExcludedPortRange({ protocol: 'tcp', startPort: '5000', numberOfPorts: 20 });
  // @ts-expect-error -- the output does not tell its protocol
  parseExcludedPortRanges('');
  // @ts-expect-error -- one port at a time
  await listPortOwners({ port: [3000] });
  // @ts-expect-error -- a block is read-only
  block.startPort = 5000;
}
