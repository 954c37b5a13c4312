// SPDX-License-Identifier: MIT
import type dgram from 'node:dgram';
import type http from 'node:http';
import type https from 'node:https';
import type { AddressInfo, Server, Socket, TcpNetConnectOpts } from 'node:net';
import { expectTypeOf } from 'vitest';
import {
  bind,
  connect,
  listen,
  listenOnEach,
  ReservationSocket,
  type AcquiredPortBlock,
  type AcquireOptions,
  type BindOptions,
  type ConnectOptions,
  type ListeningServer,
  type ListenOptions,
  type PersistentPortReservation,
  type PortBlock,
  type Protocol,
  type ReservationSocketOptions,
  type ReservationToken,
  type SocketOptions,
} from 'win-port-reservation';

expectTypeOf<SocketOptions>().toEqualTypeOf<{
  readonly port?: number | undefined;
  readonly host?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}>();
expectTypeOf<ListenOptions>().toExtend<SocketOptions>();
expectTypeOf<Omit<ListenOptions, keyof SocketOptions>>().toEqualTypeOf<{
  readonly backlog?: number | undefined;
  readonly ipv6Only?: boolean | undefined;
}>();
expectTypeOf<ListeningServer>().toEqualTypeOf<Server | { readonly server: Server }>();
expectTypeOf<http.Server | https.Server | { server: http.Server }>().toExtend<ListeningServer>();
expectTypeOf<dgram.Socket>().not.toExtend<ListeningServer>();

expectTypeOf(listen).toEqualTypeOf<
  (server: ListeningServer, reservation: ReservationToken<'tcp'>, options?: ListenOptions) => Promise<AddressInfo>
>();
type ReservationWithBlock = ReservationToken<'tcp'> & { readonly startPort: number; readonly numberOfPorts: number };
expectTypeOf(listenOnEach).toEqualTypeOf<
  (
    servers: readonly ListeningServer[],
    reservation: ReservationWithBlock,
    options?: ListenOptions,
  ) => Promise<AddressInfo[]>
>();
expectTypeOf(bind).toEqualTypeOf<
  (socket: dgram.Socket, reservation: ReservationToken<'udp'>, options?: SocketOptions) => Promise<AddressInfo>
>();
expectTypeOf(connect).toEqualTypeOf<
  (reservation: ReservationToken<'tcp'>, options: ConnectOptions) => Promise<Socket>
>();
expectTypeOf<ConnectOptions>().toEqualTypeOf<
  Omit<TcpNetConnectOpts, 'lookup' | 'hints' | 'autoSelectFamily' | 'autoSelectFamilyAttemptTimeout'>
>();

expectTypeOf<ReservationSocket>().toExtend<AsyncDisposable>();
expectTypeOf(ReservationSocket.open).toEqualTypeOf<(options: ReservationSocketOptions) => Promise<ReservationSocket>>();
expectTypeOf<ReservationSocketOptions>().toEqualTypeOf<{
  readonly protocol: Protocol;
  readonly family?: 4 | 6 | undefined;
}>();
expectTypeOf<Pick<ReservationSocket, 'protocol' | 'family'>>().toEqualTypeOf<{
  readonly protocol: Protocol;
  readonly family: 4 | 6;
}>();
expectTypeOf<ReservationSocket['acquirePortReservation']>().toEqualTypeOf<
  (options: AcquireOptions) => Promise<AcquiredPortBlock>
>();
expectTypeOf<AcquireOptions>().toEqualTypeOf<{
  readonly startPort?: number | undefined;
  readonly numberOfPorts: number;
}>();
expectTypeOf<AcquiredPortBlock>().toExtend<PortBlock & ReservationToken>();
expectTypeOf<Omit<AcquiredPortBlock, keyof PortBlock>>().toEqualTypeOf<{ readonly token: bigint }>();
expectTypeOf<ReservationSocket['associatePortReservation']>().toEqualTypeOf<(token: bigint) => Promise<void>>();
expectTypeOf<ReservationSocket['releasePortReservation']>().toEqualTypeOf<(token: bigint) => Promise<void>>();
expectTypeOf<ReservationSocket['bind']>().toEqualTypeOf<(options?: BindOptions) => Promise<AddressInfo>>();
expectTypeOf<BindOptions>().toEqualTypeOf<{
  readonly port?: number | undefined;
  readonly host?: string | undefined;
  readonly ipv6Only?: boolean | undefined;
}>();
expectTypeOf<ReservationSocket['address']>().toEqualTypeOf<() => AddressInfo>();
expectTypeOf<ReservationSocket['close']>().toEqualTypeOf<() => Promise<void>>();
expectTypeOf<ReservationSocket[typeof Symbol.asyncDispose]>().toEqualTypeOf<() => Promise<void>>();

export async function wrongCalls(
  server: Server,
  socket: dgram.Socket,
  reservation: PersistentPortReservation<'tcp'>,
  udp: PersistentPortReservation<'udp'>,
  either: PersistentPortReservation,
  own: ReservationSocket,
): Promise<void> {
  // @ts-expect-error -- inside what?
  await listen(server);
  // @ts-expect-error -- a UDP socket does not listen
  await listen(socket, reservation);
  // @ts-expect-error -- a server listens on TCP
  await listen(server, udp);
  // @ts-expect-error -- a dgram.Socket is UDP
  await bind(socket, reservation);
  // @ts-expect-error -- a connection is TCP
  await connect(udp, { port: 80 });
  // @ts-expect-error -- which of the two it is has to be known
  await listen(server, either);
  // @ts-expect-error -- a token is a bigint
  await listen(server, { protocol: 'tcp', token: 1 });
  // @ts-expect-error -- a port is a number
  await listen(server, reservation, { port: '5000' });
  // @ts-expect-error -- the token alone does not tell the ports
  await listenOnEach([server], { protocol: 'tcp', token: 1n });
  // @ts-expect-error -- a server has no UDP port
  await bind(server, udp);
  // @ts-expect-error -- a UDP socket has no backlog
  await bind(socket, udp, { backlog: 5 });
  // @ts-expect-error -- connect to where?
  await connect(reservation);
  // @ts-expect-error -- connect to which port?
  await connect(reservation, { host: '127.0.0.1' });
  // @ts-expect-error -- the addresses of a name are looked up by the package
  await connect(reservation, { port: 80, lookup: () => undefined });
  // @ts-expect-error -- which protocol?
  await ReservationSocket.open({});
  // @ts-expect-error -- a family is 4 or 6
  await ReservationSocket.open({ protocol: 'tcp', family: 5 });
  // @ts-expect-error -- it is opened by "open"
  new ReservationSocket();
  // @ts-expect-error -- a server listens on TCP
  await listen(server, udp);
  // @ts-expect-error -- a dgram.Socket is UDP
  await bind(socket, reservation);
  // @ts-expect-error -- a connection is TCP
  await connect(udp, { port: 80 });
  // @ts-expect-error -- which of the two it is has to be known
  await listen(server, either);
  // @ts-expect-error -- a token is a bigint
  await own.associatePortReservation(1);
  // @ts-expect-error -- how many ports?
  await own.acquirePortReservation({ startPort: 5000 });
  // @ts-expect-error -- a socket keeps its protocol
  own.protocol = 'udp';
}
