// SPDX-License-Identifier: MIT
import dgram from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bind, RuntimePortReservation } from 'win-port-reservation';
import { expectKeptOut } from './assumed.js';
import { steeredIt } from './needs.js';
import { bindElsewhere, expectFailure, onMachine } from './ring.js';

// Checks every kind of Node's UDP sockets inside a reservation: bytes go both ways, the port is inside the block, and
// no other process gets it while the block is held.

const host = '127.0.0.1';

describe('a dgram.Socket inside a reservation', () => {
  let udp: RuntimePortReservation<'udp'>;

  beforeEach(async () => {
    udp = await RuntimePortReservation.acquire({ protocol: 'udp', numberOfPorts: 3 });
  });
  afterEach(() => udp.release());

  it.each([
    ['udp4', '127.0.0.1'],
    ['udp6', '::1'],
  ] as const)('answers on %s, and no other process gets its ports', async (type, address) => {
    const server = dgram.createSocket(type);
    server.on('message', (message, { port }) => {
      server.send(`pong: ${message.toString()}`, port, address);
    });
    const bound = await bind(server, udp, { host: address });
    expect(server.address()).toEqual(bound);
    expect(bound.port - udp.startPort).toBeGreaterThanOrEqual(0);
    expect(bound.port - udp.startPort).toBeLessThan(3);
    const client = dgram.createSocket(type);
    client.send('ping', bound.port, address);
    const [answer] = (await once(client, 'message')) as [Buffer];
    expect(answer.toString()).toBe('pong: ping');
    client.close();
    await expectKeptOut(
      'udp',
      bound.port === udp.startPort ? bound.port + 1 : udp.startPort,
      'bindInsideRuntimeReservation',
    );
    server.close();
    await udp.release();
    expect(await bindElsewhere('udp', bound.port)).toBe('bound');
  });

  it('is bound where Node would bind it, can be connected, and joins a multicast group', async () => {
    const socket = dgram.createSocket('udp4');
    const { address, port } = await bind(socket, udp, { port: udp.startPort + 1 });
    expect({ address, port }).toEqual({ address: '0.0.0.0', port: udp.startPort + 1 });
    socket.addMembership('239.1.2.3', '127.0.0.1');
    socket.dropMembership('239.1.2.3', '127.0.0.1');
    socket.connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.send('to myself');
    const [message] = (await once(socket, 'message')) as [Buffer];
    expect(message.toString()).toBe('to myself');
    socket.close();
  });

  it('is refused when it is already bound or closed, and when it is aborted', async () => {
    const socket = dgram.createSocket('udp4');
    await bind(socket, udp);
    await expectFailure(bind(socket, udp), { code: 'ERR_SOCKET_ALREADY_BOUND' });
    socket.close();
    await expectFailure(bind(socket, udp), { code: 'ERR_SOCKET_CLOSED' });
    const reason = new Error('no longer wanted');
    const controller = new AbortController();
    const other = dgram.createSocket('udp4');
    const binding = bind(other, udp, { signal: controller.signal });
    controller.abort(reason);
    await expect(binding).rejects.toBe(reason);
    await bind(other, udp, { host: 'localhost' });
    other.close();
  });

  it('takes IPv4 as well on udp6, unless the socket was created not to', async () => {
    for (const ipv6Only of [false, true]) {
      const socket = dgram.createSocket({ type: 'udp6', ipv6Only });
      const { port } = await bind(socket, udp);
      const other = dgram.createSocket('udp4');
      other.bind(0, host);
      await once(other, 'listening');
      const heard = once(socket, 'message');
      other.send('over IPv4', port, host);
      // A client that receives answers.
      if (ipv6Only) socket.send('over IPv6', port, '::1');
      expect(String((await heard)[0])).toBe(ipv6Only ? 'over IPv6' : 'over IPv4');
      other.close();
      socket.close();
    }
  });

  it('is closed when its signal is aborted later', async () => {
    const socket = dgram.createSocket('udp4');
    const controller = new AbortController();
    await bind(socket, udp, { signal: controller.signal });
    controller.abort();
    await once(socket, 'close');
  });

  it('takes no TCP reservation and no host of another family', async () => {
    const socket = dgram.createSocket('udp4');
    // @ts-expect-error -- it is the wrong protocol
    await expect(bind(socket, { protocol: 'tcp', token: udp.token })).rejects.toThrow(RangeError);
    await expect(bind(socket, udp, { host: '::1' })).rejects.toThrow(RangeError);
    const noSocket: unknown = {};
    await expect(bind(noSocket as dgram.Socket, udp)).rejects.toThrow(TypeError);
    await bind(socket, udp);
    socket.close();
  });

  steeredIt('keeps an error to its promise: no error event', async () => {
    const socket = dgram.createSocket('udp4');
    await onMachine('failNext', 'bind', 10048);
    await expectFailure(bind(socket, udp), { code: 'WSAEADDRINUSE', syscall: 'bind', protocol: 'udp' });
    await bind(socket, udp);
    socket.close();
  });
});
