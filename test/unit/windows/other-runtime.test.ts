// SPDX-License-Identifier: MIT
import { isCallFailure } from '../../../src/common/errors.js';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { getBinding, getNetsh, installBinding } from '../../../src/windows/binding.js';
import { listen, RuntimePortReservation } from '../../../src/index.js';
import { otherRuntime } from '../../../src/windows/other-runtime.js';
import { install, SimulatedWindows } from '../../../src/simulator/index.js';

describe('the runtime', () => {
  it.each([
    [{ node: '24.3.0', bun: '1.4.5' }, 'Bun 1.4.5'],
    [{ node: '26.3.0', deno: '2.9.6' }, 'Deno 2.9.6'],
    [{ node: '24.3.0', electron: '45.4.1' }, undefined],
  ])('of %o is %s', (versions, name) => {
    expect(otherRuntime(versions)).toBe(name);
  });
});

describe('a socket that cannot be handed over', () => {
  it('because it is closed is reported as closed', async () => {
    const simulation = install(new SimulatedWindows());
    const reservation = await RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 1 });
    const binding = getBinding();
    const uninstall = installBinding(
      {
        ...binding,
        openSocket: async (request) => {
          const opened = await binding.openSocket(request);
          if (!isCallFailure(opened)) await opened.socket.close();
          return opened;
        },
      },
      getNetsh(),
    );
    try {
      const message =
        'The socket could not be handed over. The socket is closed, or another call on it is still running: await that call, or create another socket.';
      await expect(listen(createServer(), reservation)).rejects.toMatchObject({ code: 'ERR_ADOPTION_FAILED', message });
    } finally {
      uninstall();
      await reservation.release();
      simulation.uninstall();
    }
  });
});
