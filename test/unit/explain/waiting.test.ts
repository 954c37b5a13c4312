// SPDX-License-Identifier: MIT
import { EventEmitter, once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { getBinding, getNetsh, installBinding } from '../../../src/windows/binding.js';
import { htons, ntohs } from '../../../src/windows/byte-order.js';
import { explain } from '../../../src/explain/explain.js';
import type { PortQuestion } from '../../../src/explain/facts/facts.js';
import { inTurn } from '../../../src/explain/facts/in-turn.js';
import { findNearbyPort } from '../../../src/explain/facts/nearby-port.js';
import { installForTest } from '../install-for-test.js';
import { known, unknown } from './facts-of.js';
import type { NativeBinding, PortOwnerRow } from '../../../src/windows/native-binding.js';
import { SimulatedWindows } from '../../../src/simulator/index.js';
import { tcpState } from '../../../src/windows/winsock.js';

let uninstall: () => void;

/** Makes a separate machine, on which a bind binds nothing. */
function installMachine(overrides: Partial<NativeBinding>): void {
  const binding = new Proxy(getBinding(), {
    get: (target, name): unknown => Reflect.get(overrides, name) ?? Reflect.get(target, name),
  });
  uninstall = installBinding(binding, getNetsh());
}

beforeEach(() => {
  installForTest(new SimulatedWindows());
});
afterEach(() => {
  uninstall();
});

const about = (port: number): PortQuestion => ({ protocol: 'tcp', port, bindTo: '127.0.0.1' });

describe('questions at once', () => {
  it("do not mistake each other's trial binds for the socket in the way", async () => {
    const bound = new Map<number, boolean>();
    const pause = () => new Promise((resolve) => setImmediate(resolve));
    const openSocket = async ({ bind }: Parameters<NativeBinding['openSocket']>[0]) => {
      const port = ntohs(bind?.portNetworkOrder ?? 0);
      if (port === 3000) return { call: 'bind', errorNumber: 10_013 };
      if (bound.get(port) === true) return { call: 'bind', errorNumber: 10_048 };
      bound.set(port, true);
      await pause();
      await pause();
      const close = async () => {
        await pause();
        bound.set(port, false);
      };
      return { socket: { close } };
    };
    const listPortOwners = async (): Promise<PortOwnerRow[]> => {
      const ports = [...bound].filter(([, isBound]) => isBound).map(([port]) => port);
      await pause();
      const row = { address: '127.0.0.1', state: tcpState.LISTEN, processId: process.pid };
      return ports.map((port) => ({ ...row, portNetworkOrder: htons(port), imageName: '', serviceNames: [] }));
    };
    installMachine({ openSocket, listPortOwners } as unknown as Partial<NativeBinding>);
    // The first question looks for a port nearby, and 3001 is the nearest.
    const ports = Array.from({ length: 40 }, (_, index) => (index % 4 === 0 ? 3000 : 3001));
    const explanations = await Promise.all(ports.map((port) => explain(about(port))));
    for (const { port, cause } of explanations) expect(cause).toBe(port === 3000 ? 'not-listed' : 'free');
  });

  it('also take turns to look for a port nearby', async () => {
    const openSocket = vi.fn(() => Promise.resolve({ call: 'bind', errorNumber: 10_013 }));
    installMachine({ openSocket });
    const trial = new EventEmitter();
    const other = inTurn(() => once(trial, 'end'));
    const search = findNearbyPort(
      { ...about(3000), ranges: known([]), dynamicRange: unknown('no'), table: known([]) },
      performance.now() + 60_000,
    );
    await new Promise((resolve) => setImmediate(resolve));
    expect(openSocket).not.toHaveBeenCalled();
    trial.emit('end');
    await other;
    expect(await search).toBeUndefined();
    expect(openSocket).toHaveBeenCalled();
  });
});

describe('without any answer', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('all questions are answered within the limit, with the known facts', async () => {
    const never = () => new Promise<never>(() => undefined);
    installMachine({ openSocket: never, listPortOwners: never, listGuestPortReservations: never });
    const removeNetsh = installBinding(getBinding(), never);
    const answered: string[] = [];
    for (const port of [3000, 3001, 3002, 3003]) {
      void explain(about(port), { limitMs: 1000 }).then(({ cause }) => answered.push(cause));
    }
    await vi.advanceTimersByTimeAsync(1000);
    removeNetsh();
    expect(answered).toEqual(Array.from({ length: 4 }, () => 'not-listed'));
  });

  it('a question is answered within the limit while another test bind hangs', async () => {
    installMachine({});
    const trial = new EventEmitter();
    const other = inTurn(() => once(trial, 'end'));
    const answered: string[] = [];
    const explained = explain(about(3000), { limitMs: 1000 }).then(({ cause }) => answered.push(cause));
    await vi.advanceTimersByTimeAsync(1000);
    expect(answered).toEqual(['not-listed']);
    trial.emit('end');
    await Promise.all([other, explained]);
  });
});
