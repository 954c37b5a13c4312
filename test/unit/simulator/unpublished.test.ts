// SPDX-License-Identifier: MIT
import { createSocket } from 'node:dgram';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { expect, it } from 'vitest';
import { install, SimulatedWindows } from '../../../src/simulator/index.js';

// A file of its own: the classes of Node's handles are found once, in the first installation of a process.
it('a machine is installed without the subscribers of Node’s channels hearing of a socket', () => {
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
