// SPDX-License-Identifier: MIT
import { take } from '../../common/arguments.js';
import { errorCodes } from '../../common/error-codes.js';
import type { PortBlock, Protocol } from '../../common/ports.js';
import { checkBlock } from './check-block.js';
import { listenOn, startProcess } from './machine-processes.js';
import type { MachineState } from './machine-state.js';
import { onePort } from './port-range.js';
import { Refusal } from './refusal.js';

/** The networking mode of WSL, as `wslinfo --networking-mode` prints it. */
export type WslMode = 'nat' | 'mirrored';

/** How to start a distribution. */
export interface WslOptions {
  /** Default the mode that WSL has, which is `nat` at first. All distributions share it. */
  readonly mode?: WslMode | undefined;
  /** Default `Ubuntu`. */
  readonly distribution?: string | undefined;
}

/** A running distribution of Linux. */
export interface DistributionRow {
  readonly name: string;
  /** False once WinNAT stopped while the distribution ran: it stays without network until WSL was shut down. */
  readonly hasNetwork: boolean;
}

/** A program of Linux that listens. */
export interface LinuxListenerRow {
  readonly port: number;
  readonly program: string;
  /** True once the program has ended. Mirrored WSL keeps its port from Windows for about a minute then. */
  readonly ended: boolean;
}

interface LinuxListener extends LinuxListenerRow {
  /** The socket of wslrelay.exe, in the mode `nat`. */
  readonly socketId?: number | undefined;
}

export interface SavedWsl {
  readonly mode: WslMode | undefined;
  readonly distributions: readonly DistributionRow[];
  readonly listeners: readonly LinuxListener[];
  /** The key of wslrelay.exe. */
  readonly relay?: number | undefined;
}

const protocols: readonly Protocol[] = ['tcp', 'udp'];
/** Where mirrored WSL keeps ports for itself: usually at the first place (microsoft/WSL#13696), sometimes at the other. */
const ownPorts = [44_620, 37_794].map((startPort) => ({ startPort, numberOfPorts: 4096 }));
/** A bind gets 10013 for TCP (microsoft/WSL#40169), and 10048 for UDP (microsoft/WSL#12228). */
const refusals: Record<Protocol, number> = {
  tcp: errorCodes.WSAEACCES.errorNumber,
  udp: errorCodes.WSAEADDRINUSE.errorNumber,
};

/** WSL 2. With mirrored networking it holds ports of Windows that no list shows. */
export class SimulatedWsl {
  readonly #state: MachineState;
  #mode: WslMode | undefined;
  #distributions: DistributionRow[] = [];
  #listeners: LinuxListener[] = [];
  #relay: number | undefined;

  /** @internal */
  constructor(state: MachineState) {
    this.#state = state;
    state.whenProcessEnds((key) => {
      if (key !== this.#relay) return;
      this.#relay = undefined;
      this.#listeners = [];
    });
  }

  /** Undefined where WSL is not installed. */
  get mode(): WslMode | undefined {
    return this.#mode;
  }

  /** The running distributions. */
  get distributions(): readonly DistributionRow[] {
    return [...this.#distributions];
  }

  get listeners(): readonly LinuxListenerRow[] {
    return this.#listeners.map(({ port, program, ended }) => ({ port, program, ended }));
  }

  /**
   * Starts a distribution. In the mode `mirrored`, WSL takes 4096 ports for itself where they are free.
   *
   * @throws RangeError for another mode than that of the distributions that run: WSL has to be shut down first.
   */
  start(options: WslOptions = {}): void {
    const given = take('options', options, ['mode', 'distribution']) as WslOptions;
    const { mode = this.#mode ?? 'nat', distribution = 'Ubuntu' } = given;
    const isFirst = this.#distributions.length === 0;
    if (!isFirst && mode !== this.#mode)
      throw new RangeError(`WSL runs in the mode ${String(this.#mode)}: shut it down first`);
    this.#mode = mode;
    if (isFirst && mode === 'mirrored') for (const protocol of protocols) this.#reserveOwn(protocol);
    if (this.#distributions.some(({ name }) => name === distribution)) return;
    this.#distributions.push({ name: distribution, hasNetwork: true });
  }

  /** `wsl --shutdown`: ends every distribution, and frees what WSL holds. */
  shutDown(): void {
    for (const { port } of this.#listeners) this.#free(port);
    for (const range of ownPorts) for (const protocol of protocols) this.#unreserve({ protocol, ...range });
    const relay = this.#relay;
    this.restart();
    if (relay !== undefined) this.#state.endProcess(relay);
  }

  /** `wsl --terminate`: ends one distribution. WSL is shut down with the last one. */
  terminate(distribution: string): void {
    const others = this.#distributions.filter(({ name }) => name !== distribution);
    if (others.length === this.#distributions.length) throw new RangeError(`${distribution} does not run`);
    if (others.length === 0) this.shutDown();
    else this.#distributions = others;
  }

  /**
   * Has a program of Linux listen on a TCP port. In the mode `mirrored`, WSL reserves the port of Windows too; in the mode
   * `nat`, wslrelay.exe listens on it at 127.0.0.1.
   *
   * @throws RangeError where no distribution runs. Refusal with what Windows gives for a port that is taken.
   */
  listen(port: number, program = 'node'): void {
    if (this.#distributions.length === 0) throw new RangeError('no distribution runs');
    const block = checkBlock({ protocol: 'tcp', ...onePort(port) });
    if (this.#mode === 'mirrored') {
      if (this.#state.pools.tcp.isTaken(block)) throw new Refusal(errorCodes.WSAEADDRINUSE.errorNumber);
      this.#state.pools.tcp.addUnlisted({ ...block, errorNumber: errorCodes.WSAEADDRINUSE.errorNumber });
      this.#listeners.push({ port, program, ended: false });
      return;
    }
    const executable = 'C:\\Program Files\\WSL\\wslrelay.exe';
    const commandLine = `"${executable}" --mode 2`;
    this.#relay ??= startProcess(this.#state, { executable, commandLine, elevated: false });
    const socketId = listenOn(this.#state, this.#relay, { protocol: 'tcp', port, address: '127.0.0.1' });
    this.#listeners.push({ port, program, ended: false, socketId });
  }

  /**
   * Ends the program of Linux that listens on a port. In the mode `mirrored`, Windows gets the port about a minute later:
   * see {@link SimulatedWsl.releaseEnded}.
   */
  end(port: number): void {
    const listener = this.#listeners.find((each) => each.port === port);
    if (listener === undefined) throw new RangeError(`no program of Linux listens on port ${port}`);
    this.#listeners = this.#listeners.map((each) => (each === listener ? { ...each, ended: true } : each));
    if (this.#mode === 'nat') this.releaseEnded();
  }

  /** Lets that minute pass: frees the ports of the programs that have ended. */
  releaseEnded(): void {
    const ended = this.#listeners.filter((listener) => listener.ended);
    for (const { port } of ended) this.#free(port);
    this.#listeners = this.#listeners.filter((listener) => !listener.ended);
  }

  /** WinNAT stopped: running distributions lose their network in the mode `nat`. @internal */
  loseNetwork(): void {
    if (this.#mode !== 'nat') return;
    this.#distributions = this.#distributions.map((each) => ({ ...each, hasNetwork: false }));
  }

  /** A restart of Windows: nothing of WSL runs. @internal */
  restart(): void {
    this.#distributions = [];
    this.#listeners = [];
    this.#relay = undefined;
  }

  /** @internal */
  save(): SavedWsl {
    return {
      mode: this.#mode,
      distributions: this.#distributions,
      listeners: this.#listeners,
      relay: this.#relay,
    };
  }

  /** @internal */
  restore({ mode, distributions, listeners, relay }: SavedWsl): void {
    this.#mode = mode;
    this.#distributions = [...distributions];
    this.#listeners = [...listeners];
    this.#relay = relay;
  }

  #reserveOwn(protocol: Protocol): void {
    const pool = this.#state.pools[protocol];
    const free = ownPorts.find((range) => !pool.isTaken(range));
    if (free !== undefined) pool.addUnlisted({ protocol, ...free, errorNumber: refusals[protocol] });
  }

  #unreserve(block: PortBlock): void {
    const pool = this.#state.pools[block.protocol];
    const unlisted = pool.unlistedOf(block);
    if (unlisted !== undefined) pool.deleteUnlisted(unlisted);
  }

  #free(port: number): void {
    this.#unreserve({ protocol: 'tcp', ...onePort(port) });
    const socketId = this.#listeners.find((each) => each.port === port)?.socketId;
    if (socketId === undefined || this.#relay === undefined) return;
    this.#state.closeSocket(this.#state.socketOf(this.#relay, socketId));
  }
}
