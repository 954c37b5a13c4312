// SPDX-License-Identifier: MIT
// Ensures a block and prints whether this process created it: ensure-once.mjs start count
import { PersistentPortReservation } from 'win-port-reservation';
import { wasCreated } from '../../../dist/reservations/persistent.js';

const [startPort, numberOfPorts] = process.argv.slice(2).map(Number);
const reservation = await PersistentPortReservation.ensure({ protocol: 'tcp', startPort, numberOfPorts });
console.log(JSON.stringify({ created: wasCreated(reservation), token: { bigint: String(reservation.token) } }));
