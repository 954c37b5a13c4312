// SPDX-License-Identifier: MIT
// The steps of probes that other processes take, or that public functions refuse before they ask Windows. Each step is
// a function of a binding, so that the process can also be simulated; it returns a value that JSON can hold.
import { isCallFailure } from '../../../dist/common/errors.js';
import { htons, ntohs } from '../../../dist/windows/byte-order.js';
import { addressFamily, ipProtocol } from '../../../dist/windows/winsock.js';

/** @typedef {import('../../../dist/windows/native-binding.js').NativeBinding} NativeBinding */

const loopback = { 4: '127.0.0.1', 6: '::1' };

/** Opens a socket, does the rest on it, closes it, and gives the error number of the first failure, or 0. */
async function onSocket(binding, { protocol, family = 4, ...request }, work = () => undefined) {
  const opened = await binding.openSocket({
    protocol: ipProtocol[protocol],
    family: addressFamily[family],
    ...request,
  });
  if (isCallFailure(opened)) return opened.errorNumber;
  try {
    return (await work(opened.socket))?.errorNumber ?? 0;
  } finally {
    await opened.socket.close();
  }
}

function bindRequest(port, address) {
  return { address, portNetworkOrder: htons(port), ipv6Only: true };
}

export const steps = {
  /** Binds a socket that is not associated, by default on the loopback address of its family. */
  bind(binding, { protocol, family = 4, port, host = loopback[family] }) {
    return onSocket(binding, { protocol, family, bind: bindRequest(port, host) });
  },

  /** Binds sockets to port 0, and tells the ports that they got. */
  async bindToZero(binding, { protocol, count }) {
    const request = { protocol: ipProtocol[protocol], family: addressFamily[4], bind: bindRequest(0, loopback[4]) };
    const opened = [];
    for (let index = 0; index < count; index += 1) opened.push(await binding.openSocket(request));
    const sockets = opened.filter((one) => !isCallFailure(one));
    await Promise.all(sockets.map(({ socket }) => socket.close()));
    return { ports: sockets.map(({ address }) => ntohs(address.portNetworkOrder)), failures: count - sockets.length };
  },

  associate(binding, { protocol, token }) {
    return onSocket(binding, { protocol, associate: token });
  },

  release(binding, { protocol, token }) {
    return onSocket(binding, { protocol }, (socket) => socket.releasePortReservation(token));
  },

  /** Acquires blocks that public functions refuse. With start port 0, Windows chooses. */
  acquire(binding, { protocol, startPort, numberOfPorts }) {
    return onSocket(binding, { protocol, acquire: { startPortNetworkOrder: htons(startPort), numberOfPorts } });
  },

  /** Creates and deletes a block of no ports. */
  async changeNoPorts(binding, { startPort }) {
    const create = await binding.createPersistentTcpPortReservation(htons(startPort), 0);
    const remove = await binding.deletePersistentTcpPortReservation(htons(startPort), 0);
    return { create: create?.errorNumber ?? 0, delete: remove?.errorNumber ?? 0 };
  },

  /** Enumerates the reservations of guests, and returns the error number; null on a Windows without the function. */
  async listGuests(binding) {
    const rows = await binding.listGuestPortReservations();
    return rows === undefined ? null : (rows.errorNumber ?? 0);
  },
};

/** @typedef {keyof typeof steps} StepName */
