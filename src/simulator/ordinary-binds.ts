// SPDX-License-Identifier: MIT
import { threadId } from 'node:worker_threads';
import type { PortRange, Protocol } from '../common/ports.js';
import { createHandle } from '../windows/node-handle.js';
import { otherRuntime } from '../windows/other-runtime.js';
import type { BindFunction, NodeHandle } from '../windows/native-binding.js';
import { createHostHandle } from './host-handle.js';
import {
  bindHandle,
  bindOnHost,
  closeTogether,
  hostErrno,
  inputOutputError,
  isInUse,
  type BindMethod,
} from './host-socket.js';
import type { MachineAccess } from './machine-access.js';
import { isMachineFileError, warnOfMachineFile } from './file/machine-file-error.js';
import { isPort } from '../common/port-ranges.js';
import { Refusal } from './model/refusal.js';

// On Windows, reservations apply to every bind of a program, also to those of net, http and dgram. All of Node's binds
// go through bind and bind6 of two handle classes, so the simulator hooks these.

const methods: readonly BindMethod[] = ['bind', 'bind6'];
const originals = new Map<object, Record<BindMethod, BindFunction>>();
/** The machines that this process is installed on; the last one decides. */
const machines: MachineAccess[] = [];

// Flags of libuv: UV_TCP_IPV6ONLY and UV_UDP_IPV6ONLY are the same bit; dgram's reuseAddr sets UV_UDP_REUSEADDR.
export const ipv6OnlyFlag = 1;
const reuseAddressFlag = 4;

/** Gets the host's own bind, whether ordinary binds are hooked or not. */
export function hostBind(handle: NodeHandle, method: BindMethod): BindFunction {
  const prototype = Object.getPrototypeOf(handle) as NodeHandle;
  return originals.get(prototype)?.[method] ?? prototype[method];
}

/** The ports of a larger block are not asked about, because each costs a socket. */
const maximalProbes = 256;

/**
 * Tells whether no program outside the machine has a port of the block, so that a machine does not choose a block whose
 * ports its sockets could not have. Says nothing about a moment later, nor about ports in use at another address only.
 */
export function isFreeOnHost(protocol: Protocol, { startPort, numberOfPorts }: PortRange): boolean {
  if (numberOfPorts > maximalProbes) return true;
  return Array.from({ length: numberOfPorts }, (_, index) => startPort + index).every((port) => {
    const handle = createHostHandle(protocol);
    // Until it has closed, Node would count it among what the program waits for.
    handle.unref();
    try {
      return !isInUse(bindHandle(handle, hostBind(handle, 'bind'), '0.0.0.0', port, 0));
    } finally {
      handle.close();
    }
  });
}

/**
 * Sends every ordinary bind of this process through the machine; returns the function that undoes it. Binds of Bun and
 * Deno cannot be hooked.
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
  // Node leaves the port out when it binds to an address alone, and passes on a port that is a string.
  const port = Number(givenPort ?? 0);
  // Leave it to Node to refuse an invalid port.
  if (!access || !isPortOrZero(port)) return bind.call(handle, address, givenPort as number, flags);

  const family = method === 'bind' ? 4 : 6;
  const ipv6Only = (flags & ipv6OnlyFlag) !== 0;
  const shared = protocol === 'udp' && (flags & reuseAddressFlag) !== 0;
  try {
    const socketId = access.transact((process, { hostPorts }) => {
      const opened = process.openSocket(protocol, family, threadId);
      try {
        const wanted = { family, address, port, ipv6Only, shared, hostPorts } as const;
        bindOnHost(process, opened, handle, wanted, (candidate, isIpv6Only) =>
          bindHandle(handle, bind, address, candidate, isIpv6Only ? flags | ipv6OnlyFlag : flags),
        );
      } catch (error) {
        process.closeSocket(opened);
        throw error;
      }
      return opened;
    });
    // Only after the machine has saved the socket, because otherwise a later socket would get its id.
    closeTogether(handle, access, socketId);
    return 0;
  } catch (error) {
    if (error instanceof Refusal) return hostErrno(error.errorNumber);
    if (!isMachineFileError(error)) throw error;
    // Node turns only a number into an 'error' event and closes the handle. The number does not tell what happened, so
    // warn.
    warnOfMachineFile(error);
    return inputOutputError;
  }
}

function isPortOrZero(port: number): boolean {
  return port === 0 || isPort(port);
}
