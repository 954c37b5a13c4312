// SPDX-License-Identifier: MIT
// Prints the error of a call whose addon cannot be found.
import { createPersistentTcpPortReservation } from 'win-port-reservation';

createPersistentTcpPortReservation(5000, 1).catch(({ code, message }) =>
  console.log(JSON.stringify({ code, message })),
);
