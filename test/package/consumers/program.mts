// SPDX-License-Identifier: MIT
// A user's program, compiled against the package.
import dgram from 'node:dgram';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  bind,
  listen,
  PersistentPortReservation,
  PortReservationError,
  RuntimePortReservation,
  type PortBlock,
  type PortReservationErrorCode,
} from 'win-port-reservation';
import { install, SimulatedWindows } from 'win-port-reservation/simulator';

const block: PortBlock<'tcp'> = { protocol: 'tcp', startPort: 5000, numberOfPorts: 20 };

export async function start(): Promise<AddressInfo> {
  const reservation = await PersistentPortReservation.ensure(block, { portable: true });
  return listen(http.createServer(), reservation, { port: 5000 });
}

export async function receiveOne(): Promise<Buffer> {
  await using reservation = await RuntimePortReservation.acquire({ protocol: 'udp', numberOfPorts: 1 });
  const socket = dgram.createSocket('udp4');
  await bind(socket, reservation);
  const [message] = (await once(socket, 'message')) as [Buffer];
  socket.close();
  return message;
}

export function adviceOn(error: unknown): string | undefined {
  if (!(error instanceof PortReservationError)) return undefined;
  const code: PortReservationErrorCode = error.code;
  switch (code) {
    case 'ERROR_ACCESS_DENIED':
      return 'elevate';
    case 'ERROR_SHARING_VIOLATION':
      return error.blocks?.map(({ startPort, endPort }) => `${startPort}-${endPort}`).join();
    default:
      return error.hint;
  }
}

export function simulate(): void {
  using simulation = install(new SimulatedWindows(), { elevated: false });
  simulation.uninstall();
}
