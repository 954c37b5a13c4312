// SPDX-License-Identifier: MIT
import { vi } from 'vitest';
import type { Protocol } from '../../../src/common/ports.js';
import type { SimulatedProcess } from '../../../src/simulator/model/process.js';
import { Refusal } from '../../../src/simulator/model/refusal.js';

/** Returns the error number that Windows would give, or 0 if the call succeeds. */
export function refusalOf(call: () => unknown): number {
  try {
    call();
    return 0;
  } catch (error) {
    if (error instanceof Refusal) return error.errorNumber;
    throw error;
  }
}

/** Counts how often `work` reads one of the typed arrays that `build` made. The count is the same on any machine. */
export function countReads<Subject>(build: () => Subject): (work: (subject: Subject) => unknown) => number {
  let reads = 0;
  const handler: ProxyHandler<Uint32Array> = {
    get(target, key) {
      reads++;
      const value: unknown = Reflect.get(target, key, target);
      return value;
    },
    set: (target, key, value) => Reflect.set(target, key, value, target),
  };
  const Ordinary = Uint32Array;
  vi.stubGlobal('Uint32Array', function (length: number) {
    return new Proxy(new Ordinary(length), handler);
  });
  const subject = build();
  vi.unstubAllGlobals();
  return (work) => {
    const before = reads;
    work(subject);
    return reads - before;
  };
}

/** Binds like an adapter on a host where every port is free. */
export function bind(process: SimulatedProcess, socketId: number, port: number): number {
  for (const candidate of process.bindCandidates(socketId, port)) {
    process.confirmBind(socketId, candidate);
    return candidate;
  }
  throw new Error('bindCandidates ended without a refusal');
}

export function bindNew(process: SimulatedProcess, port: number, protocol: Protocol = 'tcp'): number {
  const socketId = process.openSocket(protocol, 4);
  bind(process, socketId, port);
  return socketId;
}

export function openAssociated(process: SimulatedProcess, token: bigint): number {
  const socketId = process.openSocket('tcp', 4);
  process.associatePortReservation(socketId, token);
  return socketId;
}
