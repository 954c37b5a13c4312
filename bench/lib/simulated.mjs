// SPDX-License-Identifier: MIT
// For the topics that run on the simulated Windows.
import { install, SimulatedWindows } from 'win-port-reservation/simulator';
import { RuntimePortReservation } from 'win-port-reservation';

install(new SimulatedWindows());

/** Below the ports that systems give out, and anywhere there: two runs at once bind real ports of one host. */
export function reserve(protocol, numberOfPorts) {
  const startPort = 20_000 + Math.floor(Math.random() * 10_000);
  return RuntimePortReservation.acquire({ protocol, numberOfPorts, startPort });
}
