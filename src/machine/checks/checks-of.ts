// SPDX-License-Identifier: MIT
import type { MachineCheck } from '../machine-check.js';
import type { MachineFacts } from './gather-facts.js';
import { guestPortsCheck, portChecks } from './port-checks.js';
import { dynamicRangeChecks, maxUserPortCheck } from './range-checks.js';
import { serverChecks } from './server-checks.js';
import { addonCheck, elevationCheck, netshCheck, nodeCheck, nodeOptionsCheck } from './software-checks.js';
import { dockerCheck, serviceChecks, wslCheck } from './surroundings-checks.js';

/** Makes the checks from the facts, in the order in which they are shown. */
export function checksOf(facts: MachineFacts): MachineCheck[] {
  return [
    ...portChecks(facts),
    guestPortsCheck(facts),
    ...dynamicRangeChecks(facts),
    maxUserPortCheck(facts),
    ...serverChecks(facts),
    wslCheck(facts),
    dockerCheck(facts),
    ...serviceChecks(facts),
    elevationCheck(facts),
    addonCheck(facts),
    netshCheck(facts),
    nodeCheck(facts),
    nodeOptionsCheck(facts),
  ];
}
