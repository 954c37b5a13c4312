// SPDX-License-Identifier: MIT
import { expect, it, vi } from 'vitest';
import { errorCodes } from '../../src/error-codes.js';
import { findFreePorts } from '../../src/find-free-ports.js';
import { install, SimulatedWindows } from '../../src/simulator/index.js';

const acquire = 'WSAIoctl(SIO_ACQUIRE_PORT_RESERVATION)';

// An unhandled rejection fails the run.
it('a search that was aborted says nothing more when what comes late cannot be released', async () => {
  const windows = new SimulatedWindows();
  const simulation = install(windows);
  const takeDelay = vi.spyOn(windows, 'takeDelay').mockImplementation((call) => (call === acquire ? 100 : 0));
  const takeFailure = vi.spyOn(windows, 'takeFailure').mockImplementation((call) => {
    const isLate = call === 'closesocket' && windows.excludedPortRanges('tcp').length > 0;
    return isLate ? errorCodes.WSAENETDOWN.errorNumber : undefined;
  });
  const controller = new AbortController();
  const search = findFreePorts({ hold: true, signal: controller.signal });
  await vi.waitUntil(() => takeDelay.mock.calls.flat().includes(acquire));
  controller.abort();
  await expect(search).rejects.toThrow();
  await vi.waitUntil(() => takeFailure.mock.results.some(({ value }) => value !== undefined));
  simulation.uninstall();
});
