// SPDX-License-Identifier: MIT
import { threadId } from 'node:worker_threads';
import type { Protocol } from '../common/ports.js';
import { createHandle } from '../windows/node-handle.js';
import { otherRuntime } from '../windows/other-runtime.js';
import type { BindFunction, NodeHandle } from '../windows/native-binding.js';
import { bindHandle, bindOnHost, closeTogether, hostErrno, inputOutputError, type BindMethod } from './host-socket.js';
import type { MachineAccess } from './machine-access.js';
import { isMachineFileError, warnOfMachineFile } from './file/machine-file-error.js';
import { isPort } from '../common/port-ranges.js';
import { Refusal } from './model/refusal.js';

// On Windows every bind of a program meets the reservations, those of net, http and dgram too. Node's own binds all go
// through bind and bind6 of two handle classes, and these are what the simulator puts itself in front of.

const methods: readonly BindMethod[] = ['bind', 'bind6'];
const originals = new Map<object, Record<BindMethod, BindFunction>>();
/** The machines that this process is installed on; the last one has the say. */
const machines: MachineAccess[] = [];

// Flags of libuv: UV_TCP_IPV6ONLY and UV_UDP_IPV6ONLY are the same bit; dgram's reuseAddr sets UV_UDP_REUSEADDR.
export const ipv6OnlyFlag = 1;
const reuseAddressFlag = 4;

/** The bind of the host itself, whether ordinary binds are hooked or not. */
export function hostBind(handle: NodeHandle, method: BindMethod): BindFunction {
  const prototype = Object.getPrototypeOf(handle) as NodeHandle;
  return originals.get(prototype)?.[method] ?? prototype[method];
}

/**
 * Makes every ordinary bind of this process one of the machine; returns what undoes it. Those of Bun and Deno go through
 * nothing that could be hooked.
 */
export function hookOrdinaryBinds(access: MachineAccess): () => void {
  if (otherRuntime() !== undefined) return () => undefined;
  if (machines.length === 0) {
    hookClass('tcp');
    hookClass('udp');
  }
  machines.push(access);
  return () => {
    machines.splice(machines.indexOf(access), 1);
    if (machines.length === 0) unhookClasses();
  };
}

function hookClass(protocol: Protocol): void {
  const sample = createHandle(protocol);
  const prototype = Object.getPrototypeOf(sample) as NodeHandle;
  sample.close();
  originals.set(prototype, { bind: prototype.bind, bind6: prototype.bind6 });
  for (const method of methods) {
    prototype[method] = function (this: NodeHandle, address, port, flags) {
      return bindOrdinarily(protocol, this, method, address, port, flags);
    };
  }
}

function unhookClasses(): void {
  for (const [prototype, original] of originals) Object.assign(prototype, original);
  originals.clear();
}

function bindOrdinarily(
  protocol: Protocol,
  handle: NodeHandle,
  method: BindMethod,
  address: string,
  givenPort: unknown,
  flags = 0,
): number {
  const bind = hostBind(handle, method);
  const access = machines.at(-1);
  // Node leaves the port out for a bind to an address alone, and passes on a port that is a string.
  const port = Number(givenPort ?? 0);
  // What is no port is for Node to refuse.
  if (!access || !isPortOrZero(port)) return bind.call(handle, address, givenPort as number, flags);

  const family = method === 'bind' ? 4 : 6;
  const ipv6Only = (flags & ipv6OnlyFlag) !== 0;
  const shared = protocol === 'udp' && (flags & reuseAddressFlag) !== 0;
  try {
    const socketId = access.transact((process) => {
      const opened = process.openSocket(protocol, family, threadId);
      try {
        bindOnHost(process, opened, handle, { family, address, port, ipv6Only, shared }, (candidate, isIpv6Only) =>
          bindHandle(handle, bind, address, candidate, isIpv6Only ? flags | ipv6OnlyFlag : flags),
        );
      } catch (error) {
        process.closeSocket(opened);
        throw error;
      }
      return opened;
    });
    // Not before the machine has kept the socket: a later one would have its id.
    closeTogether(handle, access, socketId);
    return 0;
  } catch (error) {
    if (error instanceof Refusal) return hostErrno(error.errorNumber);
    if (!isMachineFileError(error)) throw error;
    // Node makes an 'error' event of a number only, and closes the handle. The number does not say what happened.
    warnOfMachineFile(error);
    return inputOutputError;
  }
}

function isPortOrZero(port: number): boolean {
  return port === 0 || isPort(port);
}
