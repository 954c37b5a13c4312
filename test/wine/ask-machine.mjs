// SPDX-License-Identifier: MIT
import { once } from 'node:events';
import net from 'node:net';
import { createInterface } from 'node:readline';
import { fromJson, toJson } from './json.mjs';

/** Calls a method of the machine whose server listens on the control port. */
export async function askMachineAt(controlPort, method, ...args) {
  const connection = net.connect(controlPort, '127.0.0.1');
  connection.write(`${toJson({ method, args })}\n`);
  const [line] = await once(createInterface({ input: connection }), 'line');
  connection.destroy();
  await once(connection, 'close');
  const reply = fromJson(line);
  if (reply.error !== undefined) throw new Error(reply.error);
  return reply.result;
}
