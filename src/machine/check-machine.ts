// SPDX-License-Identifier: MIT
import { checkArray, checkPort, take } from '../common/arguments.js';
import type { MachineCheck } from './machine-check.js';
import { getTools } from '../windows/binding.js';

/** The ports to check the machine for. */
export interface CheckMachineOptions {
  /** The TCP ports to look at, 1 to 65535 each; default those that development servers and databases use. */
  readonly ports?: readonly number[] | undefined;
}

/** Development servers (Tauri, React and Node, Angular, Flask, Vite, Django, Webpack), the debugger, and databases. */
export const usualPorts: readonly number[] = [
  ...[1420, 3000, 3001, 4200, 5000, 5173, 8000, 8080, 8081, 9229],
  ...[3306, 5432, 6379, 27_017],
];

/**
 * Looks at the machine once, and says for each thing that keeps programs from their ports whether it is in order, and
 * what to do where it is not: the dynamic ranges, reserved ranges over the ports, two servers on one port, WSL, Docker
 * Desktop, the services WinNAT, HNS and http.sys, and what this package itself needs. It changes nothing.
 *
 * A question that fails, for instance because netsh is missing, becomes a check with the state `unknown`. WSL tells its
 * networking mode only while a distribution runs; the mode of `.wslconfig` is given otherwise, and called that.
 *
 * Needs no elevation; in an elevated process, Windows also lists the ports of WSL and of containers. Calls `bind` once for
 * each port, `netsh interface ipv4 show dynamicport` and `show excludedportrange`, `RegGetValueW`, `GetExtendedTcpTable`,
 * `QueryServiceStatusEx`, `CreateToolhelp32Snapshot`, `HcnEnumerateGuestNetworkPortReservations` and `wsl.exe`.
 *
 * @param options - `ports`: TCP ports to look at, 1 to 65535 each, default a short list of those that developers use.
 * @returns The checks, at least one for each {@link MachineCheckName}. None of the commands in `advice` was run.
 * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`: an option is wrong; Windows was not asked.
 * @throws {@link PortReservationError} `ERR_UNSUPPORTED_PLATFORM`.
 * @example
 * const problems = (await checkMachine({ ports: [3000] })).filter(({ state }) => state === 'problem');
 * for (const { sentence, advice } of problems) console.error(sentence, advice?.text);
 */
export async function checkMachine(options: CheckMachineOptions = {}): Promise<MachineCheck[]> {
  const { ports = usualPorts } = take('options', options, ['ports']);
  checkArray('options.ports', ports);
  const wanted = [...(ports as readonly unknown[])].map((port, index) => {
    checkPort(`options.ports[${index}]`, port, 1);
    return port;
  });
  // Throws on other systems.
  getTools();
  const [{ gatherFacts }, { checksOf }] = await Promise.all([
    import('./checks/gather-facts.js'),
    import('./checks/checks-of.js'),
  ]);
  return checksOf(await gatherFacts([...new Set(wanted)].sort((one, other) => one - other)));
}
