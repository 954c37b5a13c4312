// SPDX-License-Identifier: MIT
import type { PortOwner } from '../calls/port-owners.js';
import { isPartOfWindows, whyKeepService } from '../common/parts-of-windows.js';
import { isPortProxy, isRelay, stopOwner } from '../explain/answer/advice-for-owners.js';
import { systemProcessId } from '../explain/answer/range-holder.js';
import { adviceText, otherPortText, ownerName, portName } from '../explain/answer/words.js';

/** The process that frees a port, and those that started it. */
export interface Asking {
  readonly own: number;
  readonly ancestors: readonly number[];
}

/** Tells why the owner of a port must not be ended, and what to do instead; undefined where it may be ended or stopped. */
export function whyKeep(owner: PortOwner, { own, ancestors }: Asking): string | undefined {
  const { processId, imageName, serviceNames } = owner;
  // It begins a sentence.
  const name = ownerName(owner).replace(/^the /, 'The ');
  const port = portName({ protocol: owner.protocol, port: owner.port });
  if (processId === own) return `This process (${own}) has ${port} itself: close the socket.`;
  if (ancestors.includes(processId))
    return `${name} has ${port}, and started this process: ending it would end this command. Free the port from another terminal, or close the program.`;
  if (isKeptBecause(owner))
    return `${name} has ${port}. ${adviceText(stopOwner(owner, own))} ${otherPortText(owner.protocol, owner.port)}`;
  if (imageName === undefined)
    return `Process ${processId} has ${port}, and Windows does not say which program it is: try again in an elevated shell.`;
  if (serviceNames.length > 1) {
    const names = serviceNames.join(', ');
    return `Process ${processId} has ${port} and runs several services: ${names}. Windows does not say which of them uses the port. Stop that one by hand (net stop and its name). ${otherPortText(owner.protocol, owner.port)}`;
  }
  return undefined;
}

function isKeptBecause(owner: PortOwner): boolean {
  const { processId, imageName = '', serviceNames } = owner;
  const program = imageName.toLowerCase();
  return (
    processId === systemProcessId ||
    isPortProxy(owner) ||
    isRelay(program) ||
    serviceNames.some((service) => whyKeepService(service) !== undefined) ||
    (serviceNames.length === 0 && isPartOfWindows(program))
  );
}
