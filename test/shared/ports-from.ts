// SPDX-License-Identifier: MIT
/** The ports from the first to the last, in the fields of a listed range. */
export function portsFrom(startPort: number, endPort: number) {
  return { startPort, numberOfPorts: endPort - startPort + 1, endPort };
}
