// SPDX-License-Identifier: MIT
import { createSocket } from 'node:dgram';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { expect, it } from 'vitest';
import { install, SimulatedWindows } from '../../../src/simulator/index.js';

// This test has its own file, because the classes of Node's handles are found once, in the first installation of a
// process.
it('installing a machine publishes no socket on Node’s diagnostics channels', () => {
  const heard: unknown[] = [];
  const onSocket = (_: unknown, channel: unknown): void => {
    heard.push(channel);
  };
  const channels = ['net.client.socket', 'udp.socket'];
  for (const channel of channels) subscribe(channel, onSocket);
  install(new SimulatedWindows()).uninstall();
  expect(heard).toEqual([]);
  createSocket('udp4').close();
  expect(heard).toEqual(['udp.socket']);
  for (const channel of channels) unsubscribe(channel, onSocket);
});
