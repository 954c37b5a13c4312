// SPDX-License-Identifier: MIT
import { contains, portsText } from '../../common/port-ranges.js';
import { anyPlace, defaultDynamicRange } from '../../common/usual-ranges.js';
import { commandToReset, deleteMaxUserPort } from '../../explain/answer/advice-for-ports.js';
import { protocolName } from '../../explain/answer/words.js';
import { valueOf } from '../../explain/facts/facts.js';
import type { MachineCheck } from '../machine-check.js';
import type { DynamicRangeFact, MachineFacts } from './gather-facts.js';
import { portList } from './words.js';

/** The four dynamic ranges: those that are as usual in one check, each other one in its own. */
export function dynamicRangeChecks(
  facts: Pick<MachineFacts, 'dynamicRanges' | 'ports' | 'maxUserPort'>,
): MachineCheck[] {
  const name = 'dynamic-range';
  const usual = facts.dynamicRanges.filter(isUsual);
  const isWidened = valueOf(facts.maxUserPort) !== undefined;
  const asUsual: MachineCheck = {
    name,
    state: 'ok',
    sentence: `Windows chooses dynamic ports from ${portsText(defaultDynamicRange)}, as usual, for ${usual.map(stackName).join(', ')}.`,
  };
  const others = facts.dynamicRanges
    .filter((each) => !isUsual(each))
    .map((each): MachineCheck => {
      const { range, protocol } = each;
      if (!range.known) {
        return {
          name,
          state: 'unknown',
          sentence: `The dynamic range of ${stackName(each)} is not known: ${range.why}`,
        };
      }
      const inside = facts.ports.filter((port) => protocol === 'tcp' && contains(range.value, port));
      const what = `Windows chooses dynamic ports for ${stackName(each)} from ${portsText(range.value)} instead of the default ${portsText(defaultDynamicRange)}`;
      const isWide = range.value.startPort < defaultDynamicRange.startPort;
      return {
        name,
        state: inside.length > 0 ? 'problem' : 'warning',
        sentence:
          inside.length > 0
            ? `${what}: any program, and WinNAT, may take ${portList(inside)}.`
            : `${what}${isWide ? ': a server may find its port taken.' : '.'}`,
        advice: {
          text: `Set the default again.${isWidened ? ' Delete MaxUserPort too: see below.' : ''}`,
          commands: [commandToReset(protocol, each.family)],
          elevated: true,
          cost: 'It takes effect at the next restart of Windows.',
        },
      };
    });
  return [...(usual.length > 0 ? [asUsual] : []), ...others];
}

function isUsual({ range }: DynamicRangeFact): boolean {
  const { startPort, numberOfPorts } = defaultDynamicRange;
  return range.known && range.value.startPort === startPort && range.value.numberOfPorts === numberOfPorts;
}

/** `TCP over IPv4`. */
function stackName({ protocol, family }: DynamicRangeFact): string {
  return `${protocolName(protocol)} over IPv${family}`;
}

export function maxUserPortCheck({ maxUserPort, ports }: Pick<MachineFacts, 'maxUserPort' | 'ports'>): MachineCheck {
  const name = 'max-user-port';
  if (!maxUserPort.known) {
    return { name, state: 'unknown', sentence: `The registry value MaxUserPort is not known: ${maxUserPort.why}` };
  }
  const last = maxUserPort.value;
  if (last === undefined) {
    return {
      name,
      state: 'ok',
      sentence: 'The registry value MaxUserPort does not exist, so nothing widens the dynamic range.',
    };
  }
  const range = { startPort: anyPlace.startPort, endPort: last };
  const inside = ports.filter((port) => contains(range, port));
  const effect =
    last < range.startPort
      ? 'which cannot be the end of the dynamic range'
      : `so Windows widens the dynamic range to ${portsText(range)} at each start`;
  return {
    name,
    state: inside.length > 0 ? 'problem' : 'warning',
    sentence: `The registry value MaxUserPort is ${last}, ${effect}${inside.length > 0 ? `, over ${portList(inside)}` : ''}.`,
    advice: {
      text: 'Delete the value, unless this is an Exchange server, which needs it.',
      commands: [deleteMaxUserPort],
      elevated: true,
      cost: 'It takes effect at the next restart of Windows.',
    },
  };
}
