// SPDX-License-Identifier: MIT
// Prints the stack of an error that a class of the package throws. Port 65535 is the last one.
import { PersistentPortReservationPair } from 'win-port-reservation';

try {
  await PersistentPortReservationPair.create({ startPort: 65_535, numberOfPorts: 2 });
} catch (error) {
  console.log(JSON.stringify(error.stack));
}
