// SPDX-License-Identifier: MIT
// An installer runs this, elevated: it reserves the ports of a service, and gives them back when the service is
// uninstalled.
//
//   node examples/install.mjs install 5000 20      on Windows, elevated; elsewhere with
//   node examples/install.mjs uninstall 5000 20    node --import win-port-reservation/simulate
import { isElevated, PersistentPortReservation } from 'win-port-reservation';

const [action, startPort, numberOfPorts] = process.argv.slice(2);
const block = { protocol: 'tcp', startPort: Number(startPort), numberOfPorts: Number(numberOfPorts) };
const range = `TCP ports ${block.startPort}-${block.startPort + block.numberOfPorts - 1}`;

const actions = {
  // It may run again, for instance for a repair: an existing reservation stays.
  async install() {
    await PersistentPortReservation.ensure(block);
    console.log(`${range} are reserved`);
  },

  // A missing reservation is what the uninstaller wants.
  async uninstall() {
    try {
      const reservation = await PersistentPortReservation.lookup(block);
      await reservation.delete();
      console.log(`${range} are free`);
    } catch (error) {
      if (error.code !== 'ERROR_NOT_FOUND') throw error;
      console.log(`${range} were not reserved`);
    }
  },
};

const usage = `Usage, in an elevated process:
  node examples/install.mjs install <first port> <number of ports>
  node examples/install.mjs uninstall <first port> <number of ports>`;

if (!(action in actions) || numberOfPorts === undefined) {
  console.error(usage);
  process.exitCode = 2;
} else if (!isElevated()) {
  console.error('Run this as administrator: only elevated processes may reserve ports for good.');
  process.exitCode = 1;
} else {
  try {
    await actions[action]();
  } catch (error) {
    // The log must tell later readers what happened and what to do.
    console.error(`${error.message}\n${error.hint ?? ''}`);
    process.exitCode = 1;
  }
}
