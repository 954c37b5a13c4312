// SPDX-License-Identifier: MIT
// A web service with a port of its own. It ensures its reservation at each start: the first start, elevated, makes it;
// the later ones find it. This one asks itself once and ends; a real one stays.
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
// In place of app.listen(), which would open a socket of its own.
await app.ready();

const reservation = await PersistentPortReservation.ensure({ protocol: 'tcp', startPort, numberOfPorts: 1 });
const { port } = await listen(app, reservation, { port: startPort });
console.log(`listening on ${port}`);

const [response] = await once(http.get({ host: '127.0.0.1', port, agent: false }), 'response');
process.stdout.write(await text(response));
await app.close();
// Only what uninstalls the service does this: the reservation is what keeps the port ours between two runs.
await reservation.delete();
