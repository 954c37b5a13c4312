// SPDX-License-Identifier: MIT
import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bind, listen, RuntimePortReservation } from 'win-port-reservation';
import { assumed } from './assumed.js';
import { expectFailure, isWine, listenOrdinarily, ring } from './ring.js';

// Tests one socket at all addresses and another at a single address: Windows lets both have the port. Wine does so only
// until one of them listens, because Linux does not.

const open: { close(): unknown }[] = [];
let reservation: RuntimePortReservation<'tcp'>;

function track<Socket extends { close(): unknown }>(socket: Socket): Socket {
  open.push(socket);
  return socket;
}

/** Makes a server that answers with its name. */
function serverNamed(name: string): net.Server {
  return track(net.createServer((socket) => socket.end(name)));
}

async function whoAnswers(port: number, host: string): Promise<string> {
  return text(net.connect({ port, host }));
}

beforeEach(async () => {
  reservation = await RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 1 });
});
afterEach(async () => {
  for (const socket of open.splice(0)) socket.close();
  await reservation.release();
});

const pairs = [
  ['0.0.0.0', '127.0.0.1'],
  ['127.0.0.1', '0.0.0.0'],
  ['::', '127.0.0.1'],
  ['127.0.0.1', '::'],
  ['::', '::1'],
  ['::1', '::'],
] as const;

/** Whether the second of two sockets gets the port; on Windows it must, as documented. */
async function expectSecond(second: Promise<{ port: number }>, port: number): Promise<void> {
  second.catch(() => undefined);
  if ((await assumed('wildcardAndSpecificBindsCoexist')) === false) {
    await expectFailure(second, { code: 'WSAEADDRINUSE', startPort: port });
  } else {
    expect((await second).port).toBe(port);
  }
}

describe.skipIf(isWine)('servers on one port, one of them at all addresses', () => {
  it.each(pairs)('listen at %s and then at %s', async (first, second) => {
    const { port } = await listen(serverNamed('first'), reservation, { host: first });
    const server = serverNamed('second');
    await expectSecond(listen(server, reservation, { host: second, port }), port);
    if (server.listening) expect(server.address()).toMatchObject({ address: second, port });
    for (const host of [first, second]) {
      if (host === second && !server.listening) continue;
      await expectFailure(listen(serverNamed('third'), reservation, { host, port }), { code: 'WSAEADDRINUSE' });
    }
  });

  it('answer at the address that only they have', async () => {
    const { port } = await listen(serverNamed('specific'), reservation, { host: '127.0.0.1' });
    const everywhere = serverNamed('everywhere');
    await expectSecond(listen(everywhere, reservation, { port }), port);
    if (!everywhere.listening) return;
    expect(await whoAnswers(port, '127.0.0.1')).toBe('specific');
    expect(await whoAnswers(port, '::1')).toBe('everywhere');
  });

  it('may be ordinary servers', async () => {
    if ((await assumed('wildcardAndSpecificBindsCoexist')) === false) return;
    const first = track(await listenOrdinarily(0));
    const { port } = first.address() as net.AddressInfo;
    const second = track(await listenOrdinarily(port, '0.0.0.0'));
    expect(second.address()).toMatchObject({ address: '0.0.0.0', port });
    await expect(listenOrdinarily(port, '0.0.0.0')).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

it.skipIf(isWine)('UDP sockets share a port in the same way', async () => {
  const udp = await RuntimePortReservation.acquire({ protocol: 'udp', numberOfPorts: 1 });
  const [first, second] = [track(dgram.createSocket('udp4')), track(dgram.createSocket('udp4'))];
  const { port } = await bind(first, udp);
  await expectSecond(bind(second, udp, { host: '127.0.0.1', port }), port);
  for (const socket of open.splice(0)) socket.close();
  await udp.release();
});

it.runIf(ring === 'simulated')('a port that something outside the machine has is not shared', async () => {
  // This socket is not one of the simulator: its process does not preload it.
  const { spawnNode } = await import('./ring.js');
  const script = "require('net').createServer().listen(0, '0.0.0.0', function () { console.log(this.address().port) })";
  const child = spawnNode(['-e', script], { NODE_OPTIONS: '' });
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  await expect(listenOrdinarily(Number(String(chunk)))).rejects.toMatchObject({ code: 'EADDRINUSE' });
  child.kill();
});
