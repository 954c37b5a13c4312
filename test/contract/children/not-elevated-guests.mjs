// SPDX-License-Identifier: MIT
// Prints what a process that is not elevated can learn about reservations of guests and about the owner of a port:
// not-elevated-guests.mjs port
import { isElevated, listGuestPortReservations, listPortOwners } from 'win-port-reservation';

const [port] = process.argv.slice(2).map(Number);
const report = {
  elevated: isElevated(),
  guests: await listGuestPortReservations().then(String, ({ code, errno, syscall }) => ({ code, errno, syscall })),
  owners: (await listPortOwners({ protocol: 'tcp', port })).map(({ processId }) => processId),
};
console.log(JSON.stringify(report));
