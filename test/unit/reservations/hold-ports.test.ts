// SPDX-License-Identifier: MIT
import { expect, it, vi } from 'vitest';
import { errorCodes } from '../../../src/common/error-codes.js';
import { findFreePorts } from '../../../src/reservations/find-free-ports.js';
import { install, SimulatedWindows } from '../../../src/simulator/index.js';

const acquire = 'WSAIoctl(SIO_ACQUIRE_PORT_RESERVATION)';

// An unhandled rejection fails the run.
it('an aborted search reports nothing more when a late reservation cannot be released', async () => {
  const windows = new SimulatedWindows();
  const simulation = install(windows);
  const controller = new AbortController();
  vi.spyOn(windows, 'takeDelay').mockImplementation((call) => {
    if (call !== acquire) return 0;
    controller.abort();
    return 100;
  });
  const takeFailure = vi.spyOn(windows, 'takeFailure').mockImplementation((call) => {
    const isLate = call === 'closesocket' && windows.excludedPortRanges('tcp').length > 0;
    return isLate ? errorCodes.WSAENETDOWN.errorNumber : undefined;
  });
  await expect(findFreePorts({ hold: true, signal: controller.signal })).rejects.toThrow();
  await expect.poll(() => takeFailure.mock.results.some(({ value }) => value !== undefined)).toBe(true);
  simulation.uninstall();
});
