// SPDX-License-Identifier: MIT
// What the calls of the simulated Windows cost with few blocks and with many: no call may take longer than the logarithm
// of their number.
import { SimulatedWindows } from 'win-port-reservation/simulator';
import { compare, inUnits } from '../lib/compare.mjs';
import { report } from '../lib/report-line.mjs';

const sizes = [10, 1000, 30_000];
const repetitions = 200;
const protocol = 'tcp';

/** A machine with so many reservations of one port each, every other port from 1024 on. */
function machineWith(count) {
  const windows = new SimulatedWindows();
  const process = windows.startProcess();
  for (let block = 0; block < count; block += 1) {
    windows.addForeignReservation({ protocol, startPort: 1024 + 2 * block, numberOfPorts: 1 });
  }
  process.createPersistentPortReservation(protocol, 700, 10);
  const socket = process.openSocket(protocol, 4);
  const { token } = process.acquirePortReservation(process.openSocket(protocol, 4), 800, 10);
  return { windows, process, socket, token };
}

/** Takes the first candidate of a bind, as the host does when the port is free. */
function bindSocket(process, socket, port) {
  process.confirmBind(socket, process.bindCandidates(socket, port).next().value);
}

const operations = {
  lookup: ({ process }) => process.lookupPersistentPortReservation(protocol, 700, 10),
  'create, delete': ({ process }) => {
    process.createPersistentPortReservation(protocol, 600, 20);
    process.deletePersistentPortReservation(protocol, 600, 20);
  },
  'create that is refused': ({ process }) => {
    try {
      process.createPersistentPortReservation(protocol, 1000, 30);
    } catch {
      return;
    }
    throw new Error('it was not refused');
  },
  'acquire, release': ({ process, socket }) => {
    process.releasePortReservation(socket, process.acquirePortReservation(socket, 600, 20).token);
  },
  'acquire where Windows chooses, release': ({ process, socket }) => {
    process.releasePortReservation(socket, process.acquirePortReservation(socket, 0, 1).token);
  },
  'open, bind, close': ({ process }) => {
    const socket = process.openSocket(protocol, 4);
    bindSocket(process, socket, 0);
    process.closeSocket(socket);
  },
  'open, associate, bind, close': ({ process, token }) => {
    const socket = process.openSocket(protocol, 4);
    process.associatePortReservation(socket, token);
    bindSocket(process, socket, 0);
    process.closeSocket(socket);
  },
};

const machines = new Map(sizes.map((size) => [size, machineWith(size)]));
const nameOf = (size) => `${size.toLocaleString('en')} blocks`;
const [least, , most] = sizes;

for (const [name, operation] of Object.entries(operations)) {
  const tasks = sizes.map((size) => {
    const machine = machines.get(size);
    const run = () => {
      for (let round = 0; round < repetitions; round += 1) operation(machine);
    };
    return [nameOf(size), { run, per: repetitions }];
  });
  const results = await compare(Object.fromEntries(tasks), { rounds: 9, timeMs: 20 });
  report({
    title: 'The simulated Windows, with more and more blocks',
    name,
    unit: 'µs',
    reference: nameOf(least),
    series: inUnits(results, 1000),
    // What O(log n) allows from the fewest blocks to the most.
    goals: [{ name: nameOf(most), atMost: Math.log(most) / Math.log(least) }],
  });
}
