// SPDX-License-Identifier: MIT
// Draws the pictures of the documentation: the map of a simulated machine like a developer's, at a fixed time. Needs dist/.
//
//   node scripts/map-picture.mjs
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { cutPicture } from '../dist/cli/map/port-picture.js';
import { mapSvg } from '../dist/cli/map/map-svg.js';
import { readPorts } from '../dist/cli/map/read-ports.js';
import { install, SimulatedWindows } from '../dist/simulator/index.js';

const docs = path.resolve(import.meta.dirname, '../docs');
const stamp = { host: 'DEV-PC', date: new Date('2026-11-28T09:30:00Z') };

/** Makes a machine with blocks of WinNAT, http.sys, exclusions, a service with a reservation, and development servers. */
export function developersMachine() {
  const machine = new SimulatedWindows();
  const foreign = (startPort, numberOfPorts, protocol = 'tcp') =>
    machine.addForeignReservation({ protocol, startPort, numberOfPorts });
  for (const startPort of [2969, 4280, 5620, 50_160, 50_260, 50_360, 57_104]) foreign(startPort, 100);
  for (const port of [80, 5357, 47_001]) foreign(port, 1);
  machine.addExcludedPortRange({ protocol: 'tcp', startPort: 50_000, numberOfPorts: 60 });
  machine.addExcludedPortRange({ protocol: 'tcp', startPort: 3306, numberOfPorts: 1 });
  const service = machine.startProcess({ imageName: 'billing.exe', processId: 3112 });
  service.createPersistentPortReservation('tcp', 5000, 20);
  const socketId = service.openSocket('tcp', 4);
  service.associatePortReservation(socketId, service.lookupPersistentPortReservation('tcp', 5000, 20));
  service.confirmBind(socketId, 5003, ['0.0.0.0']);
  const programs = {
    'node.exe': [5173, 9229],
    'postgres.exe': [5432],
    'svchost.exe': [135, 5040],
    'chrome.exe': [49_817],
  };
  for (const [index, [imageName, ports]] of Object.entries(programs).entries()) {
    const program = machine.startProcess({ imageName, processId: 4000 + 12 * index });
    for (const port of ports) program.confirmBind(program.openSocket('tcp', 6), port, ['::', '0.0.0.0']);
  }
  return machine;
}

/**
 * Draws the pictures.
 *
 * @returns {Promise<Map<string, string>>} The text of each file.
 */
export async function drawPictures() {
  const simulation = install(developersMachine());
  try {
    const { maps, notes } = await readPorts(['tcp']);
    if (notes.length > 0) throw new Error(notes.join(' '));
    const options = { stamp, highlight: [3000] };
    const part = maps.map((each) => cutPicture(each, { startPort: 2000, endPort: 5999 }));
    return new Map([
      [path.join(docs, 'map.svg'), mapSvg(maps, options)],
      [path.join(docs, 'map-3000.svg'), mapSvg(part, options)],
    ]);
  } finally {
    simulation.uninstall();
  }
}

if (process.argv[1] === import.meta.filename) {
  for (const [file, text] of await drawPictures()) writeFileSync(file, text);
}
