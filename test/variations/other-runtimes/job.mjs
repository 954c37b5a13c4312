// SPDX-License-Identifier: MIT
// Uses the package in another runtime than Node, whose name is the argument.
import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import * as ports from '../../../dist/index.js';
import { install, SimulatedWindows } from '../../../dist/simulator/index.js';

const [runtime] = process.argv.slice(2);
const tcp = { protocol: 'tcp', startPort: 5000, numberOfPorts: 20 };
const udp = { ...tcp, protocol: 'udp' };

const jobs = {
  'the six functions': async () => {
    const token = await ports.createPersistentTcpPortReservation(5000, 20);
    assert.equal(typeof token, 'bigint');
    assert.equal(await ports.lookupPersistentTcpPortReservation(5000, 20), token);
    const again = ports.createPersistentTcpPortReservation(5000, 20);
    await assert.rejects(again, { code: 'ERROR_SHARING_VIOLATION', errno: 32 });
    await ports.deletePersistentTcpPortReservation(5000, 20);
    await assert.rejects(ports.lookupPersistentTcpPortReservation(5000, 20), { code: 'ERROR_NOT_FOUND' });
  },
  reservations: async () => {
    const persistent = await ports.PersistentPortReservation.ensure(tcp);
    await persistent.delete();
    const runtimeReservation = await ports.RuntimePortReservation.acquire({ protocol: 'udp', numberOfPorts: 3 });
    assert.equal(runtimeReservation.numberOfPorts, 3);
    await runtimeReservation.release();
  },
  'a socket of its own': async () => {
    const socket = await ports.ReservationSocket.open({ protocol: 'tcp' });
    const { token, startPort } = await socket.acquirePortReservation({ numberOfPorts: 2 });
    const other = await ports.ReservationSocket.open({ protocol: 'tcp' });
    await other.associatePortReservation(token);
    const { address, port } = await other.bind({ host: '127.0.0.1' });
    assert.deepEqual({ address, port }, { address: '127.0.0.1', port: startPort });
    await Promise.all([socket.close(), other.close()]);
  },
  exclusions: async () => {
    await ports.addExcludedPortRange(tcp);
    const [range] = await ports.listExcludedPortRanges({ protocol: 'tcp' });
    assert.deepEqual({ ...range }, { ...tcp, endPort: 5019, administered: true });
    await ports.deleteExcludedPortRange(tcp);
  },
  search: async () => {
    const found = await ports.findFreePorts({ numberOfPorts: 4, protocol: 'both' });
    assert.equal(found.numberOfPorts, 4);
    const held = await ports.findFreePorts({ hold: true });
    const { cause } = await ports.explainPort({ protocol: 'tcp', port: held.startPort });
    assert.equal(cause, 'runtime-reservation');
    await held.release();
  },
  explanation: async () => {
    await ports.createPersistentTcpPortReservation(5000, 20);
    const { cause, bindable } = await ports.explainPort({ protocol: 'tcp', port: 5000 });
    assert.deepEqual({ cause, bindable }, { cause: 'persistent-reservation', bindable: false });
    assert.equal((await ports.explainPort({ protocol: 'udp', port: 5000 })).cause, 'free');
    await ports.deletePersistentTcpPortReservation(5000, 20);
  },
  'no listen, bind and connect, and the reason': async () => {
    const refused = ({ code, message }) => code === 'ERR_ADOPTION_FAILED' && message.includes(`This is ${runtime},`);
    const { RuntimePortReservation: Runtime, listen, bind, connect } = ports;
    const [ofTcp, ofUdp] = await Promise.all([tcp, udp].map((block) => Runtime.acquire(block)));
    const [server, socket] = [net.createServer(), dgram.createSocket('udp4')];
    await assert.rejects(listen(server, ofTcp), refused);
    await assert.rejects(bind(socket, ofUdp), refused);
    await assert.rejects(connect(ofTcp, { host: '127.0.0.1', port: 1 }), refused);
    socket.close();
    // Nothing is left: the blocks can be acquired again at once.
    await Promise.all([ofTcp.release(), ofUdp.release()]);
    await Promise.all([tcp, udp].map(async (block) => (await Runtime.acquire(block)).release()));
  },
};

const simulation = install(new SimulatedWindows());
for (const [name, run] of Object.entries(jobs)) {
  await run().catch((cause) => {
    throw new Error(`${name} failed: ${cause.message}`, { cause });
  });
}
simulation.uninstall();

// Without Windows and without a simulated one, ordinary sockets are used.
const portable = await ports.RuntimePortReservation.acquire({ protocol: 'tcp', numberOfPorts: 3, portable: true });
const server = net.createServer((connection) => connection.end('hello'));
const { port } = await ports.listen(server, portable, { host: '127.0.0.1' });
const client = net.connect(port, '127.0.0.1');
const [greeting] = await once(client, 'data');
assert.equal(String(greeting), 'hello');
client.destroy();
server.close();

console.log(`${Object.keys(jobs).length + 1} jobs`);
