// SPDX-License-Identifier: MIT
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { getBinding, getNetsh, installBinding } from '../../../src/windows/binding.js';
import { ntohs } from '../../../src/windows/byte-order.js';
import type { ExcludedPortRange, PortRange } from '../../../src/common/ports.js';
import { findNearbyPort } from '../../../src/explain/facts/nearby-port.js';
import { install, SimulatedWindows } from '../../../src/simulator/index.js';
import type { NativeBinding } from '../../../src/windows/native-binding.js';
import { administered, known, ownerOf, winnat } from './facts-of.js';
import { portsFrom } from '../../shared/ports-from.js';

let undo: () => void;
let bound: number[];
let isRefused: (port: number) => boolean;
let used: number[];

beforeEach(() => {
  [bound, used, isRefused] = [[], [], () => false];
  const simulation = install(new SimulatedWindows());
  const overrides: Partial<NativeBinding> = {
    openSocket: ({ bind }) => {
      const port = ntohs(bind?.portNetworkOrder ?? 0);
      bound.push(port);
      const socket = { close: () => Promise.resolve(undefined) } as never;
      return Promise.resolve(isRefused(port) ? { call: 'bind', errorNumber: 10_013 } : { socket });
    },
  };
  const binding = new Proxy(getBinding(), {
    get: (target, name): unknown => Reflect.get(overrides, name) ?? Reflect.get(target, name),
  });
  const uninstall = installBinding(binding, getNetsh());
  undo = () => {
    uninstall();
    simulation.uninstall();
  };
});
afterEach(() => {
  undo();
});

const usual = { startPort: 49_152, numberOfPorts: 16_384 };

const nearby = (port: number, ranges: readonly ExcludedPortRange[] = [], dynamicRange: PortRange = usual) =>
  findNearbyPort(
    {
      protocol: 'tcp',
      port,
      bindTo: '127.0.0.1',
      ranges: known(ranges),
      dynamicRange: known(dynamicRange),
      table: known(used.map((each) => ownerOf({ port: each }))),
    },
    performance.now() + 60_000,
  );

describe('the port nearby', () => {
  it('is the next one, or the one after the range', async () => {
    expect(await nearby(3000)).toBe(3001);
    expect(await nearby(3000, [winnat])).toBe(3069);
    const ranges = [winnat, { ...winnat, ...portsFrom(3069, 3168) }, { ...administered, ...portsFrom(3169, 3170) }];
    expect(await nearby(3000, ranges)).toBe(3171);
    expect(bound).toEqual([3001, 3069, 3171]);
  });

  it('is none that a socket uses at another address, or that browsers refuse', async () => {
    used = [6001, 6002];
    expect(await nearby(5999)).toBe(6003);
  });

  it('is outside the ranges that Windows and WSL take ports from, wherever the port lies', async () => {
    for (const port of [44_619, 44_620, 48_000, 49_151, 49_152, 60_000, 65_535]) {
      const found = (await nearby(port)) ?? 0;
      expect(found >= 44_620 && found <= 48_715, String(port)).toBe(false);
      expect(found, String(port)).toBeLessThan(49_152);
    }
    expect(await nearby(3000, [], { startPort: 1024, numberOfPorts: 13_977 })).toBe(15_001);
  });

  it('is in such a range where nothing else is left', async () => {
    expect(await nearby(3000, [], { startPort: 1024, numberOfPorts: 64_512 })).toBe(1024);
  });

  it('gets out of the 4096 ports of a mirrored WSL in a few binds', async () => {
    for (const port of [20_000, 22_000, 24_095]) {
      isRefused = (each) => each >= 20_000 && each <= 24_095;
      bound = [];
      expect(await nearby(port)).toBeGreaterThan(24_095);
      expect(bound.length).toBeLessThanOrEqual(24);
    }
  });

  it('is none where every port is refused, after a few binds', async () => {
    isRefused = () => true;
    expect(await nearby(3000)).toBeUndefined();
    expect(bound).toHaveLength(24);
  });
});
