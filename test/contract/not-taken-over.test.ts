// SPDX-License-Identifier: MIT
import dgram from 'node:dgram';
import diagnosticsChannel from 'node:diagnostics_channel';
import net from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bind, connect, listen, RuntimePortReservation } from 'win-port-reservation';
import { isCallFailure } from '../../dist/common/errors.js';
import { getBinding, getNetsh, installBinding } from '../../dist/windows/binding.js';
import type { NativeSocket } from '../../dist/windows/native-binding.js';
import { closeServer, expectFailure, listenOrdinarily } from './ring.js';

const host = '127.0.0.1';

describe('a socket that Node cannot take over', () => {
  let closed: number;
  let uninstall: () => void;
  let server: net.Server;
  let tcp: RuntimePortReservation<'tcp'>;
  let udp: RuntimePortReservation<'udp'>;

  beforeEach(async () => {
    closed = 0;
    tcp = await RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 2 });
    udp = await RuntimePortReservation.acquire({ protocol: 'udp', numberOfPorts: 2 });
    server = await listenOrdinarily(0);
    const binding = getBinding();
    const openSocket: typeof binding.openSocket = async (request) => {
      const opened = await binding.openSocket(request);
      if (isCallFailure(opened) || request.associate === undefined) return opened;
      const { socket } = opened;
      // The methods of the addon's sockets cannot be replaced.
      const unsuitable: Partial<NativeSocket> = {
        lend: () => () => -1,
        close() {
          closed += 1;
          return socket.close();
        },
      };
      return { ...opened, socket: unsuitable as NativeSocket };
    };
    uninstall = installBinding({ ...binding, openSocket }, getNetsh());
  });
  afterEach(async () => {
    uninstall();
    await closeServer(server);
    // Resolves only when no failed call keeps the blocks.
    await Promise.all([tcp.release(), udp.release()]);
  });

  it('is closed, and leaves a server and a UDP socket to their owner, as they were', async () => {
    const [own, socket] = [net.createServer(), dgram.createSocket('udp4')];
    await expectFailure(listen(own, tcp, { host }), { code: 'ERR_ADOPTION_FAILED' });
    await expectFailure(bind(socket, udp, { host }), { code: 'ERR_ADOPTION_FAILED' });
    expect(closed).toBe(2);
    uninstall();
    await listen(own, tcp, { host });
    await bind(socket, udp, { host });
    socket.close();
    await closeServer(own);
  });

  it('is closed with the client socket that was to have it', async () => {
    const clients: net.Socket[] = [];
    const onClient = (message: unknown): void => {
      clients.push((message as { socket: net.Socket }).socket);
    };
    diagnosticsChannel.subscribe('net.client.socket', onClient);
    const { port } = server.address() as net.AddressInfo;
    await expectFailure(connect(tcp, { host, port }), { code: 'ERR_ADOPTION_FAILED' });
    diagnosticsChannel.unsubscribe('net.client.socket', onClient);
    expect(clients.map(({ destroyed }) => destroyed)).toEqual([true]);
    expect(closed).toBe(1);
  });
});
