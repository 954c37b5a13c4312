// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { bringBackService, commandLimitMs, stopService } from '../../../src/machine/winnat.js';
import { fakeTools } from './fake-tools.js';

describe('a service that is to stop', () => {
  it('is waited for as long as it takes, with progress', async () => {
    const tools = fakeTools({ stopMs: 20_000 });
    const waits: number[] = [];
    await stopService(tools, 'winnat', { onWait: (waitedMs) => waits.push(waitedMs) });
    expect(tools.services.state).toBe('stopped');
    expect(tools.clock.now()).toBeGreaterThanOrEqual(20_000);
    expect(tools.log).toEqual(['stop']);
    expect(waits.length).toBeGreaterThan(5);
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
  });

  it('is as good when it has stopped already', async () => {
    const tools = fakeTools({}, { state: 'stopped' });
    await stopService(tools, 'winnat');
    expect(tools.log).toEqual(['stop']);
  });

  it('is told again when it was starting', async () => {
    const tools = fakeTools({ startMs: 500 }, { state: 'stopped' });
    await tools.services.start();
    await stopService(tools, 'winnat');
    expect(tools.services.state).toBe('stopped');
    expect(tools.log.filter((entry) => entry === 'stop').length).toBeGreaterThan(1);
  });

  it('is given up when the limit is over', async () => {
    const tools = fakeTools({ stopMs: Infinity });
    await expect(stopService(tools, 'winnat')).rejects.toMatchObject({
      code: 'ERR_SERVICE_FAILED',
      serviceName: 'winnat',
      hint: 'winnat did not stop within 60 seconds. See its state (sc query winnat), then try again; if it never stops, restart Windows.',
    });
    expect(tools.clock.now()).toBeGreaterThanOrEqual(commandLimitMs);
  });

  it('fails with the error of Windows when it refuses', async () => {
    const tools = fakeTools({ refusesToStop: 'ERROR_DEPENDENT_SERVICES_RUNNING' });
    await expect(stopService(tools, 'winnat')).rejects.toMatchObject({ code: 'ERROR_DEPENDENT_SERVICES_RUNNING' });
    expect(tools.services.state).toBe('running');
  });

  it('is not waited for when the caller has enough', async () => {
    const tools = fakeTools({ stopMs: Infinity });
    const controller = new AbortController();
    const stopping = stopService(tools, 'winnat', {
      signal: controller.signal,
      onWait: () => {
        controller.abort(new Error('enough'));
      },
    });
    await expect(stopping).rejects.toThrow('enough');
  });
});

describe('a service that is to be brought back', () => {
  it('is started and seen to go on running', async () => {
    const tools = fakeTools({ startMs: 3000 }, { state: 'stopped' });
    await bringBackService(tools, 'winnat');
    expect(tools.services.state).toBe('running');
    expect(tools.log).toEqual(['start']);
  });

  it('is left alone when it runs', async () => {
    const tools = fakeTools();
    await bringBackService(tools, 'winnat');
    expect(tools.log).toEqual([]);
  });

  it('is started when it has stopped after all', async () => {
    const tools = fakeTools({ stopMs: 30_000 });
    await tools.services.stop();
    await bringBackService(tools, 'winnat');
    expect(tools.services.state).toBe('running');
    expect(tools.log).toEqual(['stop', 'start']);
  });

  it('is started again as often as it dies', async () => {
    const tools = fakeTools({ diesOnStart: 4 }, { state: 'stopped' });
    await bringBackService(tools, 'winnat');
    expect(tools.services.state).toBe('running');
    expect(tools.log).toEqual(['start', 'start', 'start', 'start', 'start']);
  });

  it('that never runs is told of, with the last error and what to do', async () => {
    const tools = fakeTools({ diesOnStart: Infinity }, { state: 'stopped' });
    await expect(bringBackService(tools, 'winnat')).rejects.toMatchObject({
      code: 'ERR_SERVICE_FAILED',
      hint: expect.stringMatching(/error 1067\).*net start winnat.*restart Windows/) as unknown,
    });
    expect(tools.clock.now()).toBeGreaterThanOrEqual(commandLimitMs);
  });

  it('is tried again after an error of Windows, which is the cause if nothing helps', async () => {
    const tools = fakeTools({}, { state: 'stopped' });
    const refused = new Error('refused');
    const services = { ...bound(tools.services), start: () => Promise.reject(refused) };
    await expect(bringBackService({ ...tools, services }, 'winnat')).rejects.toMatchObject({
      code: 'ERR_SERVICE_FAILED',
      cause: refused,
    });
  });
});

function bound(services: ReturnType<typeof fakeTools>['services']) {
  return { query: services.query.bind(services), stop: services.stop.bind(services) };
}
