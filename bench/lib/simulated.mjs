// SPDX-License-Identifier: MIT
// Sets up the simulated Windows for the topics that run on it.
import { install, SimulatedWindows } from 'win-port-reservation/simulator';
import { RuntimePortReservation } from 'win-port-reservation';

install(new SimulatedWindows());

/** A random block below the ports that systems give out, because two runs at once bind real ports of one host. */
export function reserve(protocol, numberOfPorts) {
  const startPort = 20_000 + Math.floor(Math.random() * 10_000);
  return RuntimePortReservation.acquire({ protocol, numberOfPorts, startPort });
}
