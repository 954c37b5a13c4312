// SPDX-License-Identifier: MIT
// A web service with its own port. It ensures its reservation at each start: the first start, elevated, creates it, and
// later starts find it. This example sends itself one request and ends; a real service keeps running.
//
//   node examples/fastify-service.mjs [port]                                           on Windows, elevated
//   node --import win-port-reservation/simulate examples/fastify-service.mjs [port]    elsewhere
import { once } from 'node:events';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import fastify from 'fastify';
import { listen, PersistentPortReservation } from 'win-port-reservation';

const startPort = Number(process.argv[2] ?? 5000);

const app = fastify({ forceCloseConnections: true });
app.get('/', () => 'hello from a port of our own\n');
// Use this in place of app.listen(), which would open its own socket.
await app.ready();

const reservation = await PersistentPortReservation.ensure({ protocol: 'tcp', startPort, numberOfPorts: 1 });
const { port } = await listen(app, reservation, { port: startPort });
console.log(`listening on ${port}`);

const [response] = await once(http.get({ host: '127.0.0.1', port, agent: false }), 'response');
process.stdout.write(await text(response));
await app.close();
// Only the uninstaller of a service should delete the reservation, because it keeps the port between two runs.
await reservation.delete();
