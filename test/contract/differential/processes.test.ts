// SPDX-License-Identifier: MIT
// Compares what sockets do to their process or thread between Node's own calls and those inside a reservation.
import { describe } from 'vitest';
import { differentialChild } from './differential.js';

describe('a process behaves as with Node', () => {
  const alive = ['server', 'socket', 'client'].flatMap((name) => [
    `${name}: unref lets the process end`,
    `${name}: ref keeps it alive`,
  ]);
  differentialChild('kept alive by ref, and let go by unref', alive, 'ref-and-unref.mjs');

  for (const [ending, code] of [
    ['process.exit', 7],
    ['throw', 1],
    ['reject', 1],
  ] as const) {
    differentialChild(
      `ended with open sockets: ${ending}`,
      ['read hello', `exit ${code} true false`],
      'exit-with-open-sockets.mjs',
      ending,
    );
  }

  for (const what of ['server', 'connection']) {
    differentialChild(`handing a ${what} to its child`, ['read hello from the child'], 'hand-to-child.mjs', what);
  }

  differentialChild('with a worker thread', ['read hello', 'then ECONNREFUSED'], 'in-worker.mjs');

  const served = ['read /1', 'heard pong: ping', 'worker ended 0 null true'];
  differentialChild('that is a worker of a cluster', served, 'in-cluster.mjs');
});
