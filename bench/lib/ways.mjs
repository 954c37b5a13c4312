// SPDX-License-Identifier: MIT
// The ways to make the same asynchronous call, by their names in the tables.
import { lookupPersistentTcpPortReservation } from 'win-port-reservation';
import { loadKoffi } from './koffi.mjs';
import { bare, ours, throughKoffi } from './names.mjs';
import { bench } from './windows.mjs';

const koffi = await loadKoffi();

export const ways = {
  [ours]: () => lookupPersistentTcpPortReservation(5000, 1),
  [bare]: bench.asyncCall('token'),
  [throughKoffi]: koffi.async.token,
};
