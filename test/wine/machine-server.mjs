// SPDX-License-Identifier: MIT
// Serves one simulated machine to several Windows processes under Wine. Their stand-ins send frames to `port`, tests
// send lines of JSON to `controlPort`. It ends when its standard input ends.
import { once } from 'node:events';
import net from 'node:net';
import { createInterface } from 'node:readline';
import { SimulatedWindows } from '../../dist/simulator/index.js';
import { isFreeOnHost } from '../../dist/simulator/ordinary-binds.js';
import { decodeHello, FrameReader, op } from './frames.mjs';
import { Gates } from './gates.mjs';
import { fromJson, toJson } from './json.mjs';
import { MachineProcess } from './machine-process.mjs';

// Overrides of a run with other answers to the open questions about Windows: test/variations/flipped-assumptions.mjs.
const machine = new SimulatedWindows({ assumptions: JSON.parse(process.env.WPR_ASSUMPTIONS ?? '{}') });
const gates = new Gates();
/** The raw bytes of the last thousand calls, oldest first. */
const calls = [];
const processes = new Map();

function record(call, bytes) {
  calls.push({ call, bytes: bytes.toString('hex') });
  if (calls.length > 1000) calls.shift();
}

/**
 * Returns the process that says hello, with one more connection. When its last connection closes, the process has
 * ended.
 */
function join(frame) {
  const hello = decodeHello(frame);
  const key = `${hello.processId}:${hello.created}`;
  const entry = processes.get(key) ?? { process: new MachineProcess(machine, hello, gates, record), connections: 0 };
  processes.set(key, entry);
  entry.connections += 1;
  return {
    process: entry.process,
    leave() {
      entry.connections -= 1;
      if (entry.connections > 0) return;
      processes.delete(key);
      entry.process.exit();
    },
  };
}

async function serveStandIn(connection) {
  connection.setNoDelay();
  const reader = new FrameReader();
  let member;
  try {
    for await (const chunk of connection) {
      for (const frame of reader.push(chunk)) {
        if (frame.readUInt8(0) === op.hello) member = join(frame);
        else connection.write(await member.process.handle(frame));
      }
    }
  } catch (error) {
    // A killed process resets its connections; anything else is a defect of the ring.
    if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') throw error;
  } finally {
    connection.destroy();
    member?.leave();
  }
}

/** The requests of tests, in addition to every method of the machine. */
const ownMethods = {
  takeCalls: () => calls.splice(0),
  countProcesses: () => processes.size,
  holdNext: (call, count) => gates.holdNext(call, count),
  countHeld: () => gates.countHeld(),
  letGo: () => gates.letGo(),
  isFreeOnHost,
};

async function serveControl(connection) {
  connection.setNoDelay();
  for await (const line of createInterface({ input: connection })) {
    const { method, args } = fromJson(line);
    let reply;
    try {
      reply = { result: method in ownMethods ? ownMethods[method](...args) : machine[method](...args) };
    } catch (error) {
      reply = { error: error.message, errorNumber: error.errorNumber };
    }
    connection.write(`${toJson(reply)}\n`);
  }
}

async function listenOn(serve) {
  const server = net.createServer((connection) => {
    connection.on('error', () => undefined);
    serve(connection);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
}

const ports = { port: await listenOn(serveStandIn), controlPort: await listenOn(serveControl) };
console.log(JSON.stringify(ports));
process.stdin.resume().once('end', () => process.exit(0));
