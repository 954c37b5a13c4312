// SPDX-License-Identifier: MIT
import type { Protocol } from '../../../src/common/ports.js';
import { SimulatedWindows } from '../../../src/simulator/index.js';

/**
 * Makes a machine like a developer's: blocks of WinNAT and HNS, ports of http.sys, an administered exclusion,
 * persistent reservations, WSL with mirrored networking, and programs that use ports.
 */
export function demoMachine(): SimulatedWindows {
  const machine = new SimulatedWindows({ hostPorts: 'any' });
  for (const protocol of ['tcp', 'udp'] as const) {
    for (const startPort of [1026, 1126, 2869, 3383, 50_100, 50_200, 58_201])
      reserve(machine, protocol, startPort, 100);
    machine.addExcludedPortRange({ protocol, startPort: 50_000, numberOfPorts: 60 });
    machine.addUnlistedReservation({ protocol, startPort: 40_000, numberOfPorts: 4096 }, 10_013);
    const service = machine.startProcess({ imageName: 'service.exe', processId: 812 });
    service.createPersistentPortReservation(protocol, 5000, 20);
    const socketId = service.openSocket(protocol, 4);
    service.associatePortReservation(socketId, service.lookupPersistentPortReservation(protocol, 5000, 20));
    service.confirmBind(socketId, 5003, ['0.0.0.0']);
  }
  for (const port of [80, 5357]) reserve(machine, 'tcp', port, 1);
  machine.startProcess().createPersistentPortReservation('udp', 27_015, 4);
  const browser = machine.startProcess({ imageName: 'browser & <friends>.exe', processId: 4711 });
  for (const port of [5432, 9229, 49_300, 49_317]) {
    browser.confirmBind(browser.openSocket('tcp', 6), port, ['::', '0.0.0.0']);
  }
  return machine;
}

function reserve(machine: SimulatedWindows, protocol: Protocol, startPort: number, numberOfPorts: number): void {
  machine.addForeignReservation({ protocol, startPort, numberOfPorts });
}
