// SPDX-License-Identifier: MIT
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { isFreeOnHost } from '../../../src/simulator/ordinary-binds.js';
import { SimulatedWindows } from '../../../src/simulator/index.js';

function acquire(windows: SimulatedWindows, numberOfPorts: number, suits?: (range: { startPort: number }) => boolean) {
  const process = windows.startProcess();
  return process.acquirePortReservation(process.openSocket('tcp', 4), 0, numberOfPorts, suits).startPort;
}

describe('a block that the machine chooses', () => {
  const dynamicRange = { startPort: 50_000, numberOfPorts: 1000 };

  it('is the next one in turn that suits', () => {
    const windows = new SimulatedWindows({ dynamicRange });
    expect(acquire(windows, 4, ({ startPort }) => startPort >= 50_008)).toBe(50_008);
    expect(acquire(windows, 4)).toBe(50_012);
  });

  it('is chosen though none suits, which is no reason for Windows to refuse', () => {
    const windows = new SimulatedWindows({ dynamicRange });
    expect(acquire(windows, 4, () => false)).toBeGreaterThanOrEqual(50_000);
  });

  it('lies above the ports that Linux gives to clients, as long as the turn has not come round', () => {
    const starts = Array.from({ length: 50 }, () => acquire(new SimulatedWindows(), 1));
    expect(Math.min(...starts)).toBeGreaterThanOrEqual(61_000);
    expect(new Set(starts).size).toBeGreaterThan(1);
  });
});

describe('a block of the host', () => {
  it('is not free where a program outside the machine listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(isFreeOnHost('tcp', { startPort: port, numberOfPorts: 1 })).toBe(false);
    expect(isFreeOnHost('tcp', { startPort: port - 1, numberOfPorts: 2 })).toBe(false);
    server.close();
    await once(server, 'close');
  });

  it('is free where none does', () => {
    const starts = Array.from({ length: 100 }, (_, index) => 61_000 + 40 * index);
    expect(starts.some((startPort) => isFreeOnHost('tcp', { startPort, numberOfPorts: 2 }))).toBe(true);
  });
});
