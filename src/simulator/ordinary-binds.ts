// SPDX-License-Identifier: MIT
import { threadId } from 'node:worker_threads';
import type { Protocol } from '../port-block.js';
import { createHandle } from '../node-handle.js';
import type { BindFunction, NodeHandle } from '../native-binding.js';
import { bindHandle, bindOnHost, hostErrno, onClose, type BindMethod } from './host-socket.js';
import type { MachineAccess } from './machine-access.js';
import { Refusal } from './refusal.js';

// On Windows every bind of a program meets the reservations, those of net, http and dgram too. Node's own binds all go
// through bind and bind6 of two handle classes, and these are what the simulator puts itself in front of.

const methods: readonly BindMethod[] = ['bind', 'bind6'];
const originals = new Map<object, Record<BindMethod, BindFunction>>();

// Flags of libuv: UV_TCP_IPV6ONLY and UV_UDP_IPV6ONLY are the same bit; dgram's reuseAddr sets UV_UDP_REUSEADDR.
export const ipv6OnlyFlag = 1;
const reuseAddressFlag = 4;

/** The bind of the host itself, whether ordinary binds are hooked or not. */
export function hostBind(handle: NodeHandle, method: BindMethod): BindFunction {
  const prototype = Object.getPrototypeOf(handle) as NodeHandle;
  return originals.get(prototype)?.[method] ?? prototype[method];
}

/** Makes every ordinary bind of this process one of the machine; returns what undoes it. */
export function hookOrdinaryBinds(access: MachineAccess): () => void {
  const unhook = [hookClass(access, 'tcp'), hookClass(access, 'udp')];
  return () => {
    for (const undo of unhook) undo();
  };
}

function hookClass(access: MachineAccess, protocol: Protocol): () => void {
  const sample = createHandle(protocol === 'tcp' ? 'tcp server' : 'udp');
  const prototype = Object.getPrototypeOf(sample) as NodeHandle;
  sample.close();
  const original = originals.get(prototype) ?? { bind: prototype.bind, bind6: prototype.bind6 };
  const before: Record<BindMethod, BindFunction> = { bind: prototype.bind, bind6: prototype.bind6 };
  originals.set(prototype, original);
  for (const method of methods) {
    prototype[method] = function (this: NodeHandle, address, port, flags) {
      return bindOrdinarily(access, protocol, this, method, address, port, flags);
    };
  }
  return () => {
    Object.assign(prototype, before);
  };
}

function bindOrdinarily(
  access: MachineAccess,
  protocol: Protocol,
  handle: NodeHandle,
  method: BindMethod,
  address: string,
  port: number,
  flags = 0,
): number {
  const family = method === 'bind' ? 4 : 6;
  const ipv6Only = (flags & ipv6OnlyFlag) !== 0;
  const shared = protocol === 'udp' && (flags & reuseAddressFlag) !== 0;
  const bind = hostBind(handle, method);
  try {
    access.transact((process) => {
      const socketId = process.openSocket(protocol, family, threadId);
      try {
        bindOnHost(process, socketId, { family, address, port, ipv6Only, shared }, (candidate) =>
          bindHandle(handle, bind, address, candidate, flags),
        );
      } catch (error) {
        process.closeSocket(socketId);
        throw error;
      }
      onClose(handle, () => {
        closeQuietly(access, socketId);
      });
    });
    return 0;
  } catch (error) {
    if (error instanceof Refusal) return hostErrno(error.errorNumber);
    throw error;
  }
}

/** Closes a socket that may be gone already, with its process or its machine. */
export function closeQuietly(access: MachineAccess, socketId: number): void {
  try {
    access.transact((process) => {
      process.closeSocket(socketId);
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}
