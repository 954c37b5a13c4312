// SPDX-License-Identifier: MIT
// Measures the calls per second of the simulated Windows with few blocks and with many. The time of a call may grow
// only with the logarithm of their number, except for calls that list everything.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SimulatedWindows } from 'win-port-reservation/simulator';
// Import it by path, because it is not public: programs reach a machine in a file through the environment.
import { MachineFile } from '../../dist/simulator/file/machine-file.js';
import { compare } from '../lib/compare.mjs';
import { report } from '../lib/report-line.mjs';

const sizes = [10, 1000, 30_000];
const protocol = 'tcp';
const dynamicRange = { startPort: 49_152, numberOfPorts: 16_384 };

/** Yields places in a random order that is the same for all sizes and in each run, and repeats it. */
const shares = Array.from({ length: 1009 }, (_, index) => (index * 0.618_033_988_749_895) % 1);
let turn = 0;

/**
 * Makes a machine with a number of one-port blocks, spread evenly over all ports: half of them foreign, half
 * persistent. Another process has as many UDP sockets.
 */
function machineWith(count, { portZeroSkipsReservations = true } = {}) {
  const windows = new SimulatedWindows({ dynamicRange, assumptions: { portZeroSkipsReservations } });
  const process = windows.startProcess();
  const other = windows.startProcess();
  const step = 2 * Math.floor(32_000 / count);
  const portOf = (block) => 1024 + step * block;
  for (let block = 0; block < count; block += 1) {
    const startPort = portOf(block);
    // Without skipping reservations, a bind to port 0 would be refused inside a foreign one.
    if (block % 2 === 0 || !portZeroSkipsReservations) process.createPersistentPortReservation(protocol, startPort, 1);
    else windows.addForeignReservation({ protocol, startPort, numberOfPorts: 1 });
    bindSocket(other, other.openSocket('udp', 4), startPort);
  }
  const socket = process.openSocket(protocol, 4);
  const { token } = process.acquirePortReservation(process.openSocket(protocol, 4), 800, 10);
  const somewhere = () => Math.floor((shares[(turn = (turn + 1) % shares.length)] * count) / 2) * 2;
  return {
    windows,
    process,
    socket,
    token,
    /** Returns the first port of a persistent block. */
    taken: () => portOf(somewhere()),
    /** Returns the free port behind a persistent block. */
    free: () => portOf(somewhere()) + 1,
  };
}

/** Takes the first candidate of a bind, as a host does when the port is free. */
function bindSocket(process, socket, port) {
  process.confirmBind(socket, process.bindCandidates(socket, port).next().value);
}

function openBindClose({ process }) {
  const socket = process.openSocket(protocol, 4);
  bindSocket(process, socket, 0);
  process.closeSocket(socket);
}

const operations = {
  lookup: ({ process, taken }) => process.lookupPersistentPortReservation(protocol, taken(), 1),
  'create, delete': ({ process, free }) => {
    const port = free();
    process.createPersistentPortReservation(protocol, port, 1);
    process.deletePersistentPortReservation(protocol, port, 1);
  },
  'create that is refused': ({ process, taken }) => {
    try {
      process.createPersistentPortReservation(protocol, taken(), 1);
    } catch {
      return;
    }
    throw new Error('it was not refused');
  },
  'acquire, release': ({ process, socket, free }) => {
    process.releasePortReservation(socket, process.acquirePortReservation(socket, free(), 1).token);
  },
  'acquire where Windows chooses, release': ({ process, socket }) => {
    process.releasePortReservation(socket, process.acquirePortReservation(socket, 0, 1).token);
  },
  'open, bind, close': openBindClose,
  'open, associate, bind, close': ({ process, token }) => {
    const socket = process.openSocket(protocol, 4);
    process.associatePortReservation(socket, token);
    bindSocket(process, socket, 0);
    process.closeSocket(socket);
  },
  'start of a process, exit': ({ windows }) => windows.startProcess().exit(),
  'open in a thread, end of the thread': ({ process }) => {
    process.openSocket(protocol, 4, 5);
    process.endThread(5);
  },
  'portOwners of one port': ({ windows, taken }) => windows.portOwners('udp', taken()),
};

const machines = new Map(sizes.map((size) => [size, machineWith(size)]));
const meeting = new Map(sizes.map((size) => [size, machineWith(size, { portZeroSkipsReservations: false })]));
const nameOf = (size) => `${size.toLocaleString('en')} blocks`;
const [least, , most] = sizes;
const shared = { unit: 'operations/s', reference: nameOf(least), higherIsBetter: true };

/** Returns the operations per second for each number of blocks. */
async function rates(operation, of, repetitions, rounds = 9) {
  const tasks = sizes.map((size) => {
    const machine = of.get(size);
    const run = () => {
      for (let round = 0; round < repetitions; round += 1) operation(machine);
    };
    return [nameOf(size), { run, per: repetitions }];
  });
  const results = await compare(Object.fromEntries(tasks), { rounds, timeMs: 20 });
  return Object.fromEntries(Object.entries(results).map(([name, values]) => [name, values.map((ms) => 1000 / ms)]));
}

// The slowdown that O(log n) allows from the fewest blocks to the most.
const goals = [{ name: nameOf(most), atLeast: Math.log(least) / Math.log(most) }];
const title = 'The simulated Windows, with more and more blocks';
for (const [name, operation] of Object.entries(operations)) {
  report({ title, name, ...shared, series: await rates(operation, machines, 200), goals });
}
const name = 'open, bind to port 0 that does not skip reservations, close';
report({ title, name, ...shared, series: await rates(openBindClose, meeting, 200), goals });

const listingTitle = 'The simulated Windows, where it lists everything';
const listings = {
  excludedPortRanges: ({ windows }) => windows.excludedPortRanges(protocol),
  persistentReservations: ({ windows }) => windows.persistentReservations(protocol),
  portOwners: ({ windows }) => windows.portOwners('udp'),
};
for (const [listing, operation] of Object.entries(listings)) {
  report({
    title: listingTitle,
    note: 'As long as what they list is: no goal.',
    name: listing,
    ...shared,
    series: await rates(operation, machines, 1, 5),
  });
}

/** Makes one persistent reservation among a number of foreign ones. */
function addOneAmong(windows, count) {
  for (let block = 0; block < count; block += 1) {
    windows.addForeignReservation({ protocol, startPort: 1024 + 2 * block, numberOfPorts: 1 });
  }
  windows.startProcess().createPersistentPortReservation(protocol, 700, 1);
}
const alone = sizes.map((size) => {
  const windows = new SimulatedWindows();
  addOneAmong(windows, size);
  return [size, { windows }];
});
report({
  title,
  name: 'persistentReservations, one among WinNAT blocks',
  ...shared,
  series: await rates(listings.persistentReservations, new Map(alone), 200),
  goals,
});

const directory = mkdtempSync(path.join(tmpdir(), 'win-port-reservation-bench-'));
try {
  const files = sizes.map((size) => {
    const access = new MachineFile(path.join(directory, `${size}.json`), true);
    access.transact((_, windows) => addOneAmong(windows, size));
    return [size, access];
  });
  const lookup = (access) => access.transact((process) => process.lookupPersistentPortReservation(protocol, 700, 1));
  const createAndDelete = (access) => {
    access.transact((process) => process.createPersistentPortReservation(protocol, 701, 1));
    access.transact((process) => process.deletePersistentPortReservation(protocol, 701, 1));
  };
  for (const [name, call] of Object.entries({ lookup, 'create, delete': createAndDelete })) {
    const series = await rates(call, new Map(files), 5);
    report({ title, name: `${name} on a machine in a file`, ...shared, series, goals });
  }
} finally {
  rmSync(directory, { recursive: true });
}
