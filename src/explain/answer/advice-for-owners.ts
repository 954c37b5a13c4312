// SPDX-License-Identifier: MIT
import type { PortAdvice } from '../port-explanation.js';
import type { PortOwner } from '../../calls/port-owners.js';
import type { PortFacts } from '../facts/facts.js';
import { fileSharingPorts, systemProcessId } from './range-holder.js';
import { isPartOfWindows, whyKeepService } from '../../common/parts-of-windows.js';
import { advisedCommand } from '../../common/advised-command.js';
import { ownerName, ownerNames } from './words.js';

const mostToLeave = 3;

/**
 * Tells how to get the processes off the port. `free` ends all of them or none, so it is not offered where one of them must
 * be left alone, or goes by other means.
 */
export function stopOwners(owners: readonly PortOwner[], facts: PortFacts): PortAdvice[] {
  const processes = [...new Map(owners.map((owner) => [owner.processId, owner])).values()];
  const running = processes.filter(({ processId }) => processId !== 0);
  const [first, ...others] = running.length > 0 ? running : processes;
  if (first === undefined) return [seeWhoHasIt(facts)];
  const left = [first, ...others].flatMap((owner) => leaveOwner(owner, facts.processId) ?? []);
  return left.length > 0 ? left.slice(0, mostToLeave) : [endOwners([first, ...others])];
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
  return leaveOwner(owner, ownProcessId) ?? endOwners([owner]);
}

/** Tells what to do about an owner that must not be ended; undefined for one that `free` ends, or stops as a service. */
function leaveOwner(owner: PortOwner, ownProcessId: number): PortAdvice | undefined {
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
  if (serviceNames.length > 0) return leaveServices(serviceNames, processId);
  return imageName === undefined ? nameProcess(processId) : undefined;
}

/** Lets `free` end the owners: it shows them, asks, and checks that the process is still the same one. */
function endOwners(owners: readonly [PortOwner, ...PortOwner[]]): PortAdvice {
  const [{ protocol, port }] = owners;
  const areServices = owners.some(({ serviceNames }) => serviceNames.length > 0);
  const services = owners.flatMap(({ serviceNames }) => serviceNames);
  const programs = owners.filter(({ serviceNames }) => serviceNames.length === 0);
  const whom = [
    ...(services.length > 0 ? [`the service${services.length === 1 ? '' : 's'} ${services.join(', ')}`] : []),
    ...(programs.length > 0 ? [ownerNames(programs)] : []),
  ].join(' and ');
  return {
    text: areServices
      ? `Stop ${whom}. The command asks first.`
      : `Stop ${whom}: close the program, or run this command, which asks and then ends it by force. Ending another user's program needs elevation.`,
    commands: [advisedCommand(`free ${protocol} ${port}`)],
    call: `freePort({ protocol: '${protocol}', port: ${port}${areServices ? ', stopServices: true' : ''} })`,
    elevated: areServices,
    cost: [
      ...(services.length > 0 ? ['The service is unavailable until it is started again.'] : []),
      ...(programs.length > 0 ? ['A program that is ended by force loses its unsaved data.'] : []),
    ].join(' '),
  };
}

/** Windows gives no name of a program that ends at this moment, and nothing unknown is ended. */
function nameProcess(processId: number): PortAdvice {
  return {
    text: `Find out which program process ${processId} is, and close it. Windows did not name it.`,
    commands: [`tasklist /svc /fi "PID eq ${processId}"`],
    elevated: false,
  };
}

/** Undefined for the only service of a process, unless it must not be stopped. */
function leaveServices(serviceNames: readonly string[], processId: number): PortAdvice | undefined {
  const [kept] = serviceNames.filter((name) => whyKeepService(name) !== undefined);
  if (kept !== undefined) return keepService(kept, serviceNames, processId);
  if (serviceNames.length === 1) return undefined;
  return {
    text: `Stop the service that uses the port. Process ${processId} runs several: ${serviceNames.join(', ')}.`,
    commands: [`tasklist /svc /fi "PID eq ${processId}"`],
    elevated: true,
    cost: 'The service is unavailable until it is started again.',
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
