// SPDX-License-Identifier: MIT
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { askMachineAt } from './ask-machine.mjs';

const machineServer = [process.execPath, path.join(import.meta.dirname, 'machine-server.mjs')];

/**
 * A simulated Windows machine that any number of Windows processes share.
 *
 * @typedef {object} Machine
 * @property {number} port The value of WPR_MACHINE_PORT for the Windows processes.
 * @property {number} controlPort
 * @property {() => Promise<void>} stop
 */

/**
 * Starts the process that serves the machine. It ends with this process at the latest, because its stdin closes then.
 *
 * @param {string[]} [command] Prints `{"port":…,"controlPort":…}` when it listens, and ends when its stdin closes.
 * @returns {Promise<Machine>}
 */
export async function startMachine(command = machineServer) {
  const server = spawn(command[0], command.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(server, 'exit');
  const line = await Promise.race([once(createInterface(server.stdout), 'line'), ended]);
  if (typeof line[0] !== 'string') throw new Error(`${command.join(' ')} ended with ${line[0] ?? line[1]}`);
  const stop = async () => {
    server.stdin.end();
    await ended;
  };
  return { ...JSON.parse(line[0]), stop };
}

/**
 * Finds the persistent reservations of a machine.
 *
 * @param {Machine} machine
 * @returns {Promise<object[]>}
 */
export async function persistentReservations({ controlPort }) {
  const ofProtocol = (protocol) => askMachineAt(controlPort, 'persistentReservations', protocol);
  return (await Promise.all(['tcp', 'udp'].map(ofProtocol))).flat();
}
