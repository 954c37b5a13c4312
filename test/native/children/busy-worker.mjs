// SPDX-License-Identifier: MIT
// Runs in a worker thread that always has calls under way, successful and refused ones, and never closes anything.
import { parentPort } from 'node:worker_threads';
import { addon, anyBlock, tcp, udp } from './addon.mjs';

const bind = { address: '127.0.0.1', portNetworkOrder: 0, ipv6Only: false };

async function round() {
  const opened = await Promise.all([
    addon.openSocket({ ...tcp, acquire: anyBlock(2), bind }),
    addon.openSocket({ ...udp, acquire: anyBlock(2) }),
    addon.openSocket({ ...udp, associate: 1n }),
    addon.lookupPersistentTcpPortReservation(1, 1),
    addon.listPortOwners(udp.protocol, 0),
    addon.listGuestPortReservations(),
  ]);
  await Promise.all(opened.map(({ socket }) => socket?.acquirePortReservation(anyBlock(1))));
}

const rounds = [round(), round()];
parentPort.postMessage('busy');
await Promise.all(rounds);
for (;;) await round();
