// SPDX-License-Identifier: MIT
// Shows the main use of the package from end to end: reserves a block, serves HTTP inside it, shows that other sockets
// are refused, and gives the block back. It uses the real Windows where it can: with the binary, and elevated. Elsewhere it
// uses the package's SimulatedWindows.
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import {
  createPersistentTcpPortReservation,
  deletePersistentTcpPortReservation,
  isElevated,
  isSupported,
  listen,
  lookupPersistentTcpPortReservation,
  PortReservationError,
  ReservationSocket,
} from 'win-port-reservation';

const numberOfPorts = 8;

/** Runs one step and prints the call and its result. */
async function step(call, run) {
  const result = await run();
  console.log(`${call}\n    -> ${describe(result)}`);
  return result;
}

/** Runs a step that must be refused, and prints the error. */
async function refused(call, run) {
  let error;
  try {
    await run();
  } catch (caught) {
    error = caught;
  }
  if (!error) throw new Error(`${call} should have been refused`);
  console.log(`${call}\n    -> refused: ${error.message}`);
  if (error.hint) console.log(`       hint: ${error.hint}`);
  return error;
}

function describe(result) {
  if (result === undefined) return 'done';
  if (typeof result === 'bigint') return `token ${result}`;
  return typeof result === 'string'
    ? JSON.stringify(result)
    : JSON.stringify(result, (_, value) => (typeof value === 'bigint' ? String(value) : value));
}

/** Sends one GET request as a real client, and returns the body of the answer. */
async function get(port) {
  const [response] = await once(http.get({ host: '127.0.0.1', port, agent: false }), 'response');
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) body += chunk;
  return body;
}

async function listenOrdinarily(port) {
  const server = http.createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  server.close();
}

/** Creates the first free block below the dynamic range, so that the demo does not fail because port 5000 is taken. */
async function reserveFirstFree() {
  for (let startPort = 5000; startPort < 49_152; startPort += 1000) {
    try {
      await createPersistentTcpPortReservation(startPort, numberOfPorts);
      return startPort;
    } catch (error) {
      if (error.code !== 'ERROR_SHARING_VIOLATION') throw error;
    }
  }
  throw new Error('no block is free');
}

async function persistentPart() {
  const startPort = await step(`createPersistentTcpPortReservation(startPort, ${numberOfPorts})`, reserveFirstFree);
  const block = `${startPort}, ${numberOfPorts}`;
  try {
    const token = await step(`lookupPersistentTcpPortReservation(${block})`, () =>
      lookupPersistentTcpPortReservation(startPort, numberOfPorts),
    );
    const server = http.createServer((_, response) => response.end('hello from a reserved port\n'));
    const { port } = await step("listen(httpServer, { protocol: 'tcp', token })", () =>
      listen(server, { protocol: 'tcp', token }),
    );
    await step(`http.get('http://127.0.0.1:${port}/')`, () => get(port));
    await refused(`http.createServer().listen(${startPort + 1})`, () => listenOrdinarily(startPort + 1));
    server.close();
    await once(server, 'close');
  } finally {
    await step(`deletePersistentTcpPortReservation(${block})`, () =>
      deletePersistentTcpPortReservation(startPort, numberOfPorts),
    );
  }
  const error = await refused(`lookupPersistentTcpPortReservation(${block})`, () =>
    lookupPersistentTcpPortReservation(startPort, numberOfPorts),
  );
  if (!(error instanceof PortReservationError) || error.code !== 'ERROR_NOT_FOUND') throw error;
}

/** Returns the answer of an echo server to a real client. */
async function echo(port, text) {
  const socket = net.connect({ host: '127.0.0.1', port });
  socket.end(text);
  let answer = '';
  for await (const chunk of socket.setEncoding('utf8')) answer += chunk;
  return answer;
}

async function runtimePart() {
  const owner = await ReservationSocket.open({ protocol: 'tcp' });
  const { startPort, token } = await step(
    `(await ReservationSocket.open({ protocol: 'tcp' })).acquirePortReservation({ numberOfPorts: ${numberOfPorts} })`,
    () => owner.acquirePortReservation({ numberOfPorts }),
  );
  const server = net.createServer((connection) => connection.pipe(connection));
  const { port } = await step("listen(echoServer, { protocol: 'tcp', token })", () =>
    listen(server, { protocol: 'tcp', token }),
  );
  if (port < startPort || port >= startPort + numberOfPorts) throw new Error(`${port} is not in the block`);
  await step(`net.connect(${port}), send 'ping'`, () => echo(port, 'ping'));
  server.close();
  await once(server, 'close');
  await step('owner.releasePortReservation(token)', () => owner.releasePortReservation(token));
  await step(`http.createServer().listen(${startPort + 1})`, () => listenOrdinarily(startPort + 1));
  await owner.close();
}

/** Returns what this Windows needs before the demo can use it: a binary, and elevation. */
function missingHere() {
  try {
    return isElevated() ? [] : ['an elevated terminal: only elevated processes can make persistent reservations'];
  } catch (error) {
    if (error.code !== 'ERR_ADDON_NOT_LOADED') throw error;
    return [
      'the binary of the addon: run `npx node-gyp rebuild`, which needs Visual Studio with C++',
      'an elevated terminal',
    ];
  }
}

/** Uses the Windows that there is, or else a simulated one in this process. */
async function chooseWindows() {
  const missing = isSupported ? missingHere() : [];
  if (isSupported && missing.length === 0) {
    const name = process.platform === 'win32' ? 'the real addon' : 'the SimulatedWindows it was started on';
    return { name, missing, uninstall: () => undefined };
  }
  const { install, SimulatedWindows } = await import('win-port-reservation/simulator');
  return { name: 'SimulatedWindows, in this process', missing, uninstall: install(new SimulatedWindows()).uninstall };
}

const { name, missing, uninstall } = await chooseWindows();
console.log(`Node ${process.version} on ${process.platform}, with ${name}; elevated: ${isElevated()}\n`);
await persistentPart();
await runtimePart();
uninstall();
console.log('\nDone; nothing is left behind.');
if (missing.length > 0) console.log(`\nTo run it on this Windows you need\n- ${missing.join('\n- ')}`);
