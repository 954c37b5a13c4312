// SPDX-License-Identifier: MIT
/** Makes a listed range from its first and last port. */
export function portsFrom(startPort: number, endPort: number) {
  return { startPort, numberOfPorts: endPort - startPort + 1, endPort };
}
