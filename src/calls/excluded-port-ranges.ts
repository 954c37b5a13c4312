// SPDX-License-Identifier: MIT
import { checkFamily, checkProtocol, invalidType, take, takeBlock } from '../common/arguments.js';
import { hasCode } from '../common/errors.js';
import { parseDynamicPortRange, parseExcludedPortRanges } from './parse-excluded-port-ranges.js';
import type { runNetsh as RunNetsh } from './run-netsh.js';
import type { ExcludedPortRange, PortBlock, PortRange, Protocol } from '../common/ports.js';

/** Selects the ranges to list. */
export interface ListExcludedPortRangesOptions {
  /** Default both. */
  readonly protocol?: Protocol | undefined;
  /** The command of netsh to run, `ipv4` or `ipv6`; default 4. Both families share one table. */
  readonly family?: 4 | 6 | undefined;
  /** The ranges that apply now, which is the default, or those that apply after the next restart of Windows. */
  readonly store?: 'active' | 'persistent' | undefined;
}

/** Selects the dynamic range by protocol and family. */
export interface DynamicPortRangeOptions {
  /** Default `tcp`. */
  readonly protocol?: Protocol | undefined;
  /** Default 4. Unlike the excluded ranges, each family has its own setting. */
  readonly family?: 4 | 6 | undefined;
}

/** Selects the command that excludes ports. */
export interface ExcludedPortRangeOptions {
  /** The command of netsh to run, `ipv4` or `ipv6`; default 4. Both families share one table. */
  readonly family?: 4 | 6 | undefined;
}

/**
 * Lists the excluded ranges of ports: those that an administrator excluded, which Windows does not choose, and those that
 * a part of Windows or a program has reserved, where Windows refuses binds. `administered` tells them apart.
 *
 * Windows may refuse a port that is not listed: WSL with mirrored networking holds ports that appear in no list.
 *
 * Needs no elevation. Calls `netsh interface ipv4 show excludedportrange protocol=tcp store=active`, once for each
 * protocol. This package starts netsh by its absolute path, without a shell, and kills it after 10 seconds. It reads the
 * output in any UI language.
 *
 * @param options - `protocol`: default both. `family`: 4, the default, or 6; it makes no difference, because both
 * families share one table. `store`: `active`, the default, or `persistent`.
 * @returns The ranges of one protocol or of both, by ascending first port; where that is equal, TCP before UDP.
 * @throws TypeError `ERR_INVALID_ARG_TYPE`: an option is wrong; netsh was not started.
 * @throws {@link PortReservationError} `ERR_NETSH_OUTPUT`: netsh did not print a whole table. `ERR_NETSH_FAILED`,
 * `ERR_NETSH_TIMEOUT`, `ERR_NETSH_NOT_FOUND`. `ERR_UNSUPPORTED_PLATFORM`. A symbol of winerror.h where netsh printed the
 * system's text for that error.
 * @example
 * const ranges = await listExcludedPortRanges({ protocol: 'tcp' });
 * const reserved = ranges.find(({ startPort, endPort }) => startPort <= 3000 && 3000 <= endPort);
 */
export async function listExcludedPortRanges(
  options: ListExcludedPortRangesOptions = {},
): Promise<ExcludedPortRange[]> {
  const { protocol, family = 4, store = 'active' } = take('options', options, ['protocol', 'family', 'store']);
  if (protocol !== undefined) checkProtocol('options.protocol', protocol);
  checkFamily('options.family', family);
  if (store !== 'active' && store !== 'persistent') {
    throw invalidType('options.store', "'active' or 'persistent'", store);
  }

  const protocols: Protocol[] = protocol === undefined ? ['tcp', 'udp'] : [protocol];
  const lists = await Promise.all(
    protocols.map(async (each) => {
      const command = ['show', 'excludedportrange', `protocol=${each}`, `store=${store}`];
      return parseExcludedPortRanges(await runNetsh(family, command, { protocol: each }), each);
    }),
  );
  // The sort is stable.
  return lists.flat().sort((one, other) => one.startPort - other.startPort);
}

/**
 * Finds the dynamic range: Windows chooses its ports for `listen(0)`, for outgoing connections, and for reservations
 * without a start port.
 *
 * Needs no elevation. Calls `netsh interface ipv4 show dynamicport tcp`.
 *
 * @param options - `protocol`: `tcp`, the default, or `udp`. `family`: 4, the default, or 6; each family has its own.
 * @returns The range of this protocol and family.
 * @throws TypeError `ERR_INVALID_ARG_TYPE`: an option is wrong; netsh was not started.
 * @throws {@link PortReservationError} as {@link listExcludedPortRanges}: `ERR_NETSH_OUTPUT`, `ERR_NETSH_FAILED`,
 * `ERR_NETSH_TIMEOUT`, `ERR_NETSH_NOT_FOUND`, `ERR_UNSUPPORTED_PLATFORM`, or a symbol of winerror.h.
 * @example
 * const { startPort, numberOfPorts } = await getDynamicPortRange({ protocol: 'udp' });
 */
export async function getDynamicPortRange(options: DynamicPortRangeOptions = {}): Promise<PortRange> {
  const { protocol = 'tcp', family = 4 } = take('options', options, ['protocol', 'family']);
  checkProtocol('options.protocol', protocol);
  checkFamily('options.family', family);
  return parseDynamicPortRange(await runNetsh(family, ['show', 'dynamicport', protocol], { protocol }), protocol);
}

/**
 * Excludes a block of ports: Windows no longer chooses them, across restarts. A program that names one of them can still
 * bind it, elevated or not.
 *
 * **Windows refuses a persistent or a runtime reservation on top of an exclusion.** Exclude a port for a program that
 * binds it in the ordinary way; reserve it instead for a program that uses this package's reservations.
 *
 * Needs an elevated process. Calls `netsh interface ipv4 add excludedportrange protocol=tcp startport=50000
 * numberofports=60 store=persistent`.
 *
 * @param block - `protocol`; `startPort`, 1 to 65535; `numberOfPorts`, 1 to 65535, so that it ends at 65535 or before.
 * @param options - `family`: 4, the default, or 6; both families share one table.
 * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`: an argument is wrong; netsh was not started.
 * @throws {@link PortReservationError} `ERROR_ACCESS_DENIED`: not elevated. `ERROR_SHARING_VIOLATION`: a port of the
 * block is in use, reserved or excluded; the message and `blocks` say by what. `ERROR_INVALID_PARAMETER`: Windows refused the block. `ERR_NETSH_FAILED`: netsh
 * gave another reason, which the message shows. `ERR_NETSH_TIMEOUT`, `ERR_NETSH_NOT_FOUND`, `ERR_UNSUPPORTED_PLATFORM`.
 * @example
 * await addExcludedPortRange({ protocol: 'tcp', startPort: 50_000, numberOfPorts: 60 });
 */
export async function addExcludedPortRange(block: PortBlock, options: ExcludedPortRangeOptions = {}): Promise<void> {
  await changeExcludedPortRanges('add', block, options);
}

/**
 * Ends the exclusion of a block of ports, now and after restarts. Programs that have bound ports inside keep them.
 *
 * Windows deletes only administered ranges, and only by exactly the numbers they were added with. To delete a reservation,
 * call `deletePersistentTcpPortReservation` or its UDP twin; the blocks of WinNAT disappear with `net stop winnat`. Delete
 * an exclusion before you reserve its ports: Windows refuses a reservation on top of it.
 *
 * Needs an elevated process. Calls `netsh interface ipv4 delete excludedportrange protocol=tcp startport=50000
 * numberofports=60 store=persistent`.
 *
 * @param block - `protocol`, `startPort`, 1 to 65535, and `numberOfPorts`, 1 to 65535, as it was added.
 * @param options - `family`: 4, the default, or 6; both families share one table.
 * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`: an argument is wrong; netsh was not started.
 * @throws {@link PortReservationError} `ERROR_ACCESS_DENIED`: not elevated, or not an administered range.
 * `ERROR_NOT_FOUND`: no administered range has exactly these ports. `ERROR_INVALID_PARAMETER`. `ERR_NETSH_FAILED`: netsh
 * gave another reason, which the message shows. `ERR_NETSH_TIMEOUT`, `ERR_NETSH_NOT_FOUND`, `ERR_UNSUPPORTED_PLATFORM`.
 * @example
 * await deleteExcludedPortRange({ protocol: 'tcp', startPort: 50_000, numberOfPorts: 60 });
 */
export async function deleteExcludedPortRange(block: PortBlock, options: ExcludedPortRangeOptions = {}): Promise<void> {
  await changeExcludedPortRanges('delete', block, options);
}

async function changeExcludedPortRanges(
  verb: 'add' | 'delete',
  block: PortBlock,
  options: ExcludedPortRangeOptions,
): Promise<void> {
  const wanted = takeBlock('block', block);
  const { protocol, startPort, numberOfPorts } = wanted;
  const { family = 4 } = take('options', options, ['family']);
  checkFamily('options.family', family);
  const range = [`protocol=${protocol}`, `startport=${startPort}`, `numberofports=${numberOfPorts}`];
  const command = [verb, 'excludedportrange', ...range, 'store=persistent'];
  try {
    await runNetsh(family, command, wanted);
  } catch (error) {
    if (verb !== 'add' || !hasCode(error, 'ERROR_SHARING_VIOLATION')) throw error;
    const { nameWhatOverlaps } = await import('./overlapping.js');
    throw await nameWhatOverlaps(error, wanted, 'exclude', listExcludedPortRanges);
  }
}

/** Imports the caller of netsh only when it is needed, because most programs never run netsh. */
async function runNetsh(...command: Parameters<typeof RunNetsh>): Promise<string> {
  const module = await import('./run-netsh.js');
  return module.runNetsh(...command);
}
