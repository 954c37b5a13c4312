// SPDX-License-Identifier: MIT
import type { PortOwner } from '../../calls/port-owners.js';
import { printable } from '../../common/printable.js';
import { advisedCommand } from '../../common/advised-command.js';
import { ownerName } from '../../explain/answer/words.js';
import type { MachineCheck } from '../machine-check.js';
import type { MachineFacts } from './gather-facts.js';
import { listOf } from './words.js';

const loopbackAddresses = new Set(['127.0.0.1', '::1']);
/** The addresses at which `localhost` may reach a server. */
const localAddresses = new Set([...loopbackAddresses, '0.0.0.0', '::']);

/** Docker Desktop listens with both for one published port, and both lead to the same container. */
const ofDocker = new Set(['com.docker.backend.exe', 'wslrelay.exe']);

/** Servers of different processes on one port: which one `localhost` reaches depends on the client (vitejs/vite#1395). */
export function serverChecks({ owners }: Pick<MachineFacts, 'owners'>): MachineCheck[] {
  const name = 'servers';
  if (!owners.known) {
    return [{ name, state: 'unknown', sentence: `The programs that listen are not known: ${owners.why}` }];
  }
  const servers = owners.value.filter(({ state, address }) => state === 'LISTEN' && localAddresses.has(address));
  const byPort = new Map<number, PortOwner[]>();
  for (const server of servers) byPort.set(server.port, [...(byPort.get(server.port) ?? []), server]);
  const checks = [...byPort].flatMap(([port, ofPort]) => (areSeveral(ofPort) ? [severalCheck(port, ofPort)] : []));
  if (checks.length > 0) return checks;
  return [
    { name, state: 'ok', sentence: 'No two programs listen on the same TCP port at the addresses of localhost.' },
  ];
}

function areSeveral(servers: readonly PortOwner[]): boolean {
  const isDocker = servers.every(({ imageName = '' }) => ofDocker.has(imageName.toLowerCase()));
  return !isDocker && new Set(servers.map(({ processId }) => processId)).size > 1;
}

function severalCheck(port: number, servers: readonly PortOwner[]): MachineCheck {
  const names = servers.map((server) => `${printable(ownerName(server))} at ${server.address}`);
  return {
    name: 'servers',
    // A program that listens at every address may mean to serve the rest.
    state: servers.every(({ address }) => loopbackAddresses.has(address)) ? 'problem' : 'warning',
    sentence: `Several programs listen on TCP port ${port}: ${listOf(names)}. A client of localhost may reach either.`,
    advice: {
      text: 'Stop one of them, or give it another port. To see them:',
      commands: [advisedCommand(`owners --protocol tcp --port ${port}`)],
      elevated: false,
    },
  };
}
