// SPDX-License-Identifier: MIT
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import * as api from '../../../src/index.js';
import { loadAddon } from '../../../src/windows/load-addon.js';
import { isUnsafeBuild } from '../../../src/windows/windows-build.js';
import { install, SimulatedWindows } from '../../../src/simulator/index.js';

const calls: Record<string, () => Promise<unknown>> = {
  createPersistentTcpPortReservation: () => api.createPersistentTcpPortReservation(5000, 1),
  deletePersistentUdpPortReservation: () => api.deletePersistentUdpPortReservation(5000, 1),
  lookupPersistentTcpPortReservation: () => api.lookupPersistentTcpPortReservation(5000, 1),
  'ReservationSocket.open': () => api.ReservationSocket.open({ protocol: 'tcp' }),
  findFreePorts: () => api.findFreePorts(),
  listPortOwners: () => api.listPortOwners(),
  listGuestPortReservations: () => api.listGuestPortReservations(),
  listen: () => api.listen(createServer(), { protocol: 'tcp', token: 1n }),
};

describe('a build of Windows', () => {
  it.each([
    ['10.0.14393', true],
    ['10.0.17762', true],
    ['10.0.17763', false],
    ['10.0.26100', false],
    ['6.1.7601', true],
  ])('%s is unsafe for runtime reservations: %s', (version, unsafe) => {
    expect(isUnsafeBuild(version)).toBe(unsafe);
  });
});

describe.skipIf(process.platform === 'win32')('off Windows', () => {
  it.each(Object.entries(calls))('%s rejects and names the simulator', async (_, call) => {
    const rejection = expect(call()).rejects;
    await rejection.toMatchObject({ name: 'PortReservationError', code: 'ERR_UNSUPPORTED_PLATFORM' });
    await expect(call()).rejects.toThrow('node --import win-port-reservation/simulate');
  });

  it('isElevated throws likewise', () => {
    expect(() => api.isElevated()).toThrow(expect.objectContaining({ code: 'ERR_UNSUPPORTED_PLATFORM' }));
  });

  it('is supported while a simulated machine is installed', () => {
    expect(api.isSupported).toBe(false);
    const outer = install(new SimulatedWindows());
    const inner = install(new SimulatedWindows(), { elevated: false });
    expect([api.isSupported, api.isElevated()]).toEqual([true, false]);
    inner.uninstall();
    expect([api.isSupported, api.isElevated()]).toEqual([true, true]);
    outer.uninstall();
    outer.uninstall();
    expect(api.isSupported).toBe(false);
  });

  it('without an addon to load, the error gives the reason', () => {
    expect(() => loadAddon()).toThrow(
      expect.objectContaining({ code: 'ERR_ADDON_NOT_LOADED', cause: expect.any(Error) as Error }),
    );
  });
});
