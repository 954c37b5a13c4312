// SPDX-License-Identifier: MIT
import type { PortAdvice } from '../port-explanation.js';
import type { PortOwner } from '../../calls/port-owners.js';
import type { PortFacts } from '../facts/facts.js';
import { fileSharingPorts, systemProcessId } from './range-holder.js';
import { isPartOfWindows, whyKeepService } from '../../common/parts-of-windows.js';
import { quoted } from './shell-words.js';
import { ownerName } from './words.js';

const maximalOwners = 3;

/** Tells how to get each process off the port. */
export function stopOwners(owners: readonly PortOwner[], facts: PortFacts): PortAdvice[] {
  if (owners.length === 0) return [seeWhoHasIt(facts)];
  const processes = new Map(owners.map((owner) => [owner.processId, owner]));
  return [...processes.values()].slice(0, maximalOwners).map((owner) => stopOwner(owner, facts.processId));
}

function seeWhoHasIt({ port }: PortFacts): PortAdvice {
  return {
    text: 'Find the process that uses the port; its id is in the last column.',
    commands: [`netstat -ano | findstr /C:":${port} "`],
    elevated: false,
  };
}

/** @param ownProcessId - The process that asks. */
export function stopOwner(owner: PortOwner, ownProcessId: number): PortAdvice {
  const { imageName, processId, serviceNames } = owner;
  if (processId === ownProcessId) {
    return {
      text: 'Close the socket that this process already has on the port, or listen only once.',
      elevated: false,
    };
  }
  if (processId === 0) {
    return { text: 'Wait two minutes: Windows keeps the port of a closed connection for a while.', elevated: false };
  }
  if (processId === systemProcessId) return stopSystem(owner);
  if (isPortProxy(owner)) return deletePortProxy(owner);
  const program = imageName?.toLowerCase() ?? '';
  if (isRelay(program)) return relays[program](owner);
  if (isPartOfWindows(program) && serviceNames.length === 0) {
    return { text: `Leave ${ownerName(owner)} alone: Windows does not run without it.`, elevated: false };
  }
  return serviceNames.length > 0 ? stopService(serviceNames, processId) : stopProcess(owner);
}

function stopProcess(owner: PortOwner): PortAdvice {
  return {
    text: `Stop ${ownerName(owner)}: close the program, or end it by force. Ending another user's program takes an elevated shell.`,
    commands: [`taskkill /PID ${owner.processId} /F`],
    elevated: false,
    cost: 'A program that is ended by force loses its unsaved data.',
  };
}

function stopService(serviceNames: readonly string[], processId: number): PortAdvice {
  const [kept] = serviceNames.filter((name) => whyKeepService(name) !== undefined);
  if (kept !== undefined) return keepService(kept, serviceNames, processId);
  const [service = '', ...others] = serviceNames;
  const cost = 'The service is unavailable until it is started again.';
  if (others.length === 0) {
    const name = quoted(service);
    return name === undefined
      ? {
          text: `Stop the service ${service} in the list of services.`,
          commands: ['services.msc'],
          elevated: true,
          cost,
        }
      : { text: `Stop the service ${service}.`, commands: [`net stop ${name}`], elevated: true, cost };
  }
  return {
    text: `Stop the service that uses the port. Process ${processId} runs several: ${serviceNames.join(', ')}.`,
    commands: [`tasklist /svc /fi "PID eq ${processId}"`],
    elevated: true,
    cost,
  };
}

/** Warns of a service that must not be stopped. Where it shares its process, another service may use the port. */
function keepService(service: string, serviceNames: readonly string[], processId: number): PortAdvice {
  const others = serviceNames.filter((name) => whyKeepService(name) === undefined);
  const text = `Do not stop the service ${service}: without it, ${whyKeepService(service) ?? ''}.`;
  if (others.length === 0) return { text, elevated: false };
  return {
    text: `${text} Another service of process ${processId} may use the port: ${others.join(', ')}.`,
    commands: [`tasklist /svc /fi "PID eq ${processId}"`],
    elevated: false,
  };
}

function stopSystem({ port, protocol }: PortOwner): PortAdvice {
  if (fileSharingPorts.includes(port)) {
    return { text: 'Leave it alone: Windows shares files and printers over this port.', elevated: false };
  }
  return {
    text: `If http.sys uses the port, find the program that registered ${protocol.toUpperCase()} port ${port} with it, and stop that program: usually IIS on 80 and 443, or Windows Remote Management on 5985 and 47001.`,
    commands: ['netsh http show servicestate view=requestq'],
    elevated: true,
  };
}

/**
 * Tells whether a port proxy uses the port. Port proxies exist for TCP only. In a process that several services share,
 * another service may use it.
 */
export function isPortProxy({ protocol, serviceNames }: PortOwner): boolean {
  return protocol === 'tcp' && serviceNames.length === 1 && serviceNames[0] === 'iphlpsvc';
}

function deletePortProxy({ address, port }: PortOwner): PortAdvice {
  const direction = address.includes(':') ? 'v6tov4' : 'v4tov4';
  const remove = `netsh interface portproxy delete ${direction} listenport=${port} listenaddress=${address}`;
  // netsh deletes a proxy only by the address it was added with, which may have been *.
  const isEvery = ['::', '0.0.0.0'].includes(address);
  return {
    text: 'The service iphlpsvc listens for port proxies: find the proxy on this port, and delete it.',
    commands: ['netsh interface portproxy show all', ...(isEvery ? [] : [remove])],
    elevated: true,
    cost: 'Connections through the proxy, to another machine or to WSL, stop working.',
  };
}

/** Programs that listen on behalf of another program. */
const relays = {
  'wslrelay.exe': () => ({
    text: 'A program inside WSL listens on the port, and wslrelay.exe forwards it: stop that program inside WSL.',
    commands: ['wsl --exec ss -lntp'],
    elevated: false,
  }),
  'com.docker.backend.exe': ({ port }: PortOwner) => ({
    text: 'A container publishes the port: stop that container.',
    commands: [`docker ps --filter publish=${port}`],
    elevated: false,
  }),
} satisfies Record<string, (owner: PortOwner) => PortAdvice>;

/** Whether the program, named in lower case, has ports for others: to end it ends the networks of WSL or Docker. */
export function isRelay(program: string): program is keyof typeof relays {
  return Object.hasOwn(relays, program);
}
