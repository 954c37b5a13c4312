// SPDX-License-Identifier: MIT
// Makes calls many times over and prints how many handles and how much memory they left: leaks.mjs kind cycles
import { addon, anyBlock, askMachine, collect, report, resultOf, tcp, udp } from './addon.mjs';
import { handlesLeftByEach } from './handles.mjs';

const [kind, cycles] = process.argv.slice(2);
const usualLanes = 8;
const { privateBytes } = globalThis[Symbol.for('win-port-reservation.stand-in')];

async function acquire(socket) {
  return resultOf(await socket.acquirePortReservation(anyBlock(2))).token;
}

async function expectRefusal(request, call) {
  const outcome = await addon.openSocket(request);
  if (outcome.call !== call) throw new Error(`expected a failure of ${call}`);
}

const bound = { ...tcp, bind: { address: '127.0.0.1', portNetworkOrder: 0, ipv6Only: false } };
const associate = 'WSAIoctl(SIO_ASSOCIATE_PORT_RESERVATION)';

/** One cycle of each kind, and the failures to plan for a number of cycles. */
const kinds = {
  closed: {
    async cycle() {
      const { socket } = resultOf(await addon.openSocket(tcp));
      resultOf(await socket.releasePortReservation(await acquire(socket)));
      resultOf(await socket.close());
    },
  },
  collected: {
    async cycle(index) {
      const { socket } = resultOf(await addon.openSocket(tcp));
      const token = await acquire(socket);
      // Every other socket still holds its reservation when it is collected.
      if (index % 2 === 0) resultOf(await socket.releasePortReservation(token));
    },
  },
  failed: {
    async plan(cycles) {
      await askMachine('failNext', associate, 10013, cycles / 2);
      await askMachine('failNext', 'bind', 10048, cycles / 2);
    },
    async cycle(index) {
      if (index % 2 === 0) await expectRefusal({ ...bound, acquire: anyBlock(2), associate: 1n }, associate);
      else await expectRefusal({ ...bound, acquire: anyBlock(2) }, 'bind');
    },
  },
  owners: {
    async begin() {
      // An owner to find, so that names are looked up.
      this.owner = resultOf(await addon.openSocket({ ...bound, ...udp })).socket;
    },
    async cycle(index) {
      // Wine takes its time for the table of TCP.
      const { protocol } = index % 16 === 0 ? tcp : udp;
      const rows = resultOf(await addon.listPortOwners(protocol, 0));
      if (protocol === udp.protocol && rows.length === 0) throw new Error('expected a row');
    },
    end() {
      return this.owner.close();
    },
  },
  services: {
    // Wine's RPC may take a handle of the service manager to another connection, which does not know it.
    lanes: 1,
    async cycle(index) {
      const { processId } = resultOf(await addon.queryService('EventLog'));
      if (processId === 0) throw new Error('expected a service that runs');
      const refusal = index % 2 === 0 ? await addon.stopService('wpr-missing') : await addon.startService('EventLog');
      if (refusal.errorNumber === undefined) throw new Error('expected a refusal');
      resultOf(await addon.readRegistryNumber('SYSTEM', 'wpr-missing'));
    },
  },
  processes: {
    async cycle() {
      const rows = resultOf(await addon.listProcesses());
      const ids = rows.map(({ processId }) => processId);
      const described = await addon.describeProcesses([...ids, process.pid + 1]);
      const { commandLine } = described[ids.indexOf(process.pid)];
      if (!commandLine.includes('leaks.mjs')) throw new Error(`expected the command line, not ${commandLine}`);
      const refusal = await addon.terminateProcess(process.pid, 1n);
      if (refusal.errorNumber === undefined) throw new Error('expected a refusal');
    },
  },
  guests: {
    blocks: Array.from({ length: 200 }, (_, index) => {
      return { protocol: 'udp', startPort: 1000 + 2 * index, numberOfPorts: 1 };
    }),
    async begin() {
      for (const block of this.blocks) await askMachine('addUnlistedReservation', block, 10013);
    },
    async cycle() {
      const rows = resultOf(await addon.listGuestPortReservations());
      if (rows.length !== this.blocks.length) throw new Error(`expected ${this.blocks.length} rows`);
    },
    async end() {
      for (const block of this.blocks) await askMachine('deleteUnlistedReservation', block);
    },
  },
};

const work = kinds[kind];
const lanes = work.lanes ?? usualLanes;

/**
 * Runs the cycles, some at a time, and collects garbage now and then, because a dropped socket holds its handle until
 * then.
 */
async function run(count) {
  await work.plan?.(count);
  for (let done = 0; done < count; done += lanes) {
    await Promise.all(Array.from({ length: Math.min(lanes, count - done) }, (_, lane) => work.cycle(done + lane)));
    if (kind === 'collected' && done % 512 === 0) await collect();
  }
  await collect();
}

await work.begin?.();
// After these cycles, Node has opened everything that it opens lazily, and its heap has the size that the cycles need.
await run(Math.max(64, Number(cycles) / 8));
const memoryBefore = privateBytes();
const leakedHandles = await handlesLeftByEach(() => run(Number(cycles)), { collect });
const leakedMegabytes = (privateBytes() - memoryBefore) / 2 ** 20;
await work.end?.();
await report({ cycles: Number(cycles), leakedHandles, leakedMegabytes });
// Stay alive until told to end, so that the machine is asked about a running process.
process.stdin.resume();
