// SPDX-License-Identifier: MIT
import type { PortAdvice } from '../port-explanation.js';
import type { PortOwner } from '../../calls/port-owners.js';
import type { PortFacts } from '../facts/facts.js';
import { fileSharingPorts, systemProcessId } from './range-holder.js';
import { quoted } from './shell-words.js';
import { ownerName } from './words.js';

const maximalOwners = 3;

/** How to get each process off the port. */
export function stopOwners(owners: readonly PortOwner[], facts: PortFacts): PortAdvice[] {
  if (owners.length === 0) return [seeWhoHasIt(facts)];
  const processes = new Map(owners.map((owner) => [owner.processId, owner]));
  return [...processes.values()].slice(0, maximalOwners).map((owner) => stopOwner(owner, facts));
}

function seeWhoHasIt({ port }: PortFacts): PortAdvice {
  return {
    text: 'See which process has it; the last column is its id.',
    commands: [`netstat -ano | findstr /C:":${port} "`],
    elevated: false,
  };
}

function stopOwner(owner: PortOwner, facts: PortFacts): PortAdvice {
  const { imageName, processId, serviceNames } = owner;
  if (processId === facts.processId) {
    return { text: 'Close the socket that this process has on it already, or listen only once.', elevated: false };
  }
  if (processId === 0) {
    return { text: 'Wait two minutes: Windows keeps the port of a closed connection for a while.', elevated: false };
  }
  if (processId === systemProcessId) return stopSystem(owner);
  if (isPortProxy(owner)) return deletePortProxy(owner);
  const program = imageName?.toLowerCase() ?? '';
  const relay = relays[program];
  if (relay) return relay(owner);
  if (partsOfWindows.has(program) && serviceNames.length === 0) {
    return { text: `Leave it to ${ownerName(owner)}: Windows does not run without.`, elevated: false };
  }
  return serviceNames.length > 0 ? stopService(serviceNames, processId) : stopProcess(owner);
}

/** Whoever ends one of these ends Windows, or all that a service host runs. */
const partsOfWindows = new Set([
  'csrss.exe',
  'lsass.exe',
  'services.exe',
  'smss.exe',
  'svchost.exe',
  'vmmem',
  'vmmemwsl',
  'wininit.exe',
  'winlogon.exe',
]);

function stopProcess(owner: PortOwner): PortAdvice {
  return {
    text: `Stop ${ownerName(owner)}, in its own way or by force; that of another user in an elevated shell.`,
    commands: [`taskkill /PID ${owner.processId} /F`],
    elevated: false,
    cost: 'Forced, it loses what it has not saved.',
  };
}

function stopService(serviceNames: readonly string[], processId: number): PortAdvice {
  const [service = '', ...others] = serviceNames;
  const cost = 'Nobody has the service until it is started again.';
  if (others.length === 0) {
    const name = quoted(service);
    return name === undefined
      ? { text: `Stop the service ${service} in this list.`, commands: ['services.msc'], elevated: true, cost }
      : { text: `Stop the service ${service}.`, commands: [`net stop ${name}`], elevated: true, cost };
  }
  return {
    text: `Stop the service that has it, one of those that share process ${processId}: ${serviceNames.join(', ')}.`,
    commands: [`tasklist /svc /fi "PID eq ${processId}"`],
    elevated: true,
    cost,
  };
}

function stopSystem({ port, protocol }: PortOwner): PortAdvice {
  if (fileSharingPorts.includes(port)) {
    return { text: 'Leave it to Windows, which shares files and printers over it.', elevated: false };
  }
  return {
    text: `If it is http.sys: see which program has registered ${protocol.toUpperCase()} port ${port} with it, and stop that: as a rule IIS on 80 and 443, Windows Remote Management on 5985 and 47001.`,
    commands: ['netsh http show servicestate view=requestq'],
    elevated: true,
  };
}

/** Port proxies are of TCP only. A process that services share may have the port for another one. */
function isPortProxy({ protocol, serviceNames }: PortOwner): boolean {
  return protocol === 'tcp' && serviceNames.length === 1 && serviceNames[0] === 'iphlpsvc';
}

function deletePortProxy({ address, port }: PortOwner): PortAdvice {
  const direction = address.includes(':') ? 'v6tov4' : 'v4tov4';
  const remove = `netsh interface portproxy delete ${direction} listenport=${port} listenaddress=${address}`;
  // Windows may have stored it as *, and it is deleted by the very words that it was added with.
  const isEvery = ['::', '0.0.0.0'].includes(address);
  return {
    text: 'The service iphlpsvc listens for port proxies: see which one has it, and delete that.',
    commands: ['netsh interface portproxy show all', ...(isEvery ? [] : [remove])],
    elevated: true,
    cost: 'What reaches another machine or WSL through the proxy no longer does.',
  };
}

/** Programs that have a port for somebody else. */
const relays: Record<string, (owner: PortOwner) => PortAdvice> = {
  'wslrelay.exe': () => ({
    text: 'A program inside WSL listens on it, and wslrelay.exe passes that on: stop it there.',
    commands: ['wsl --exec ss -lntp'],
    elevated: false,
  }),
  'com.docker.backend.exe': ({ port }) => ({
    text: 'A container publishes it: stop the container.',
    commands: [`docker ps --filter publish=${port}`],
    elevated: false,
  }),
};
