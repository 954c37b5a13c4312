// SPDX-License-Identifier: MIT
import type { MachineCheck } from '../machine-check.js';
import type { MachineFacts } from './gather-facts.js';

export function elevationCheck({ elevated }: Pick<MachineFacts, 'elevated'>): MachineCheck {
  const name = 'elevation';
  if (!elevated.known) {
    return { name, state: 'unknown', sentence: `Whether this process is elevated is not known: ${elevated.why}` };
  }
  const sentence = elevated.value
    ? 'This process is elevated: it may reserve, exclude and protect ports.'
    : 'This process is not elevated, as is usual. Reserving, excluding or protecting ports for good needs elevation.';
  return { name, state: 'ok', sentence };
}

export function addonCheck({ addon, simulated }: Pick<MachineFacts, 'addon' | 'simulated'>): MachineCheck {
  const name = 'addon';
  if (simulated) {
    return { name, state: 'ok', sentence: 'A simulated Windows gives these answers, so the addon was not needed.' };
  }
  if (addon.known) return { name, state: 'ok', sentence: 'The addon of this package is loaded.' };
  return {
    name,
    state: 'problem',
    sentence: `The addon of this package does not load: ${addon.why}`,
    advice: {
      text: 'Install the dependencies again, in the folder of your program.',
      commands: ['npm ci'],
      elevated: false,
    },
  };
}

export function netshCheck({ ranges }: Pick<MachineFacts, 'ranges'>): MachineCheck {
  const name = 'netsh';
  if (ranges.known) return { name, state: 'ok', sentence: 'netsh lists the excluded ranges.' };
  return {
    name,
    state: 'problem',
    sentence: `netsh does not list the excluded ranges: ${ranges.why}`,
    advice: {
      text: 'Run it by hand to see why.',
      commands: ['netsh interface ipv4 show excludedportrange protocol=tcp'],
      elevated: false,
    },
  };
}

/** The versions of `engines` in package.json, each the first of its line. */
const firstVersions = new Map([
  [20, 19],
  [22, 12],
]);

export function nodeCheck({ node }: Pick<MachineFacts, 'node'>): MachineCheck {
  const name = 'node';
  const [major = 0, minor = 0] = node.version.split('.').map(Number);
  const first = firstVersions.get(major);
  const isSupported = first === undefined ? major > 22 : minor >= first;
  if (isSupported) return { name, state: 'ok', sentence: `Node ${node.version} is supported.` };
  return {
    name,
    state: 'problem',
    sentence: `Node ${node.version} is not supported: this package needs 20.19, 22.12, or 23 and later.`,
    advice: { text: 'Install a newer Node.', elevated: false },
  };
}

/** Matches a preload by the name of its package, which Node looks up from the working directory. */
const preloadByName = /(?:--import|--require|-r)[= ]"?win-port-reservation\b/;

export function nodeOptionsCheck({ node: { options, explainingOptions } }: Pick<MachineFacts, 'node'>): MachineCheck {
  const name = 'node-options';
  if (explainingOptions === undefined) {
    const sentence = 'The file that explains failed binds is not there: the package was bundled, or not built.';
    return { name, state: 'unknown', sentence };
  }
  const setting = `NODE_OPTIONS=${explainingOptions}`;
  if (preloadByName.test(options)) {
    return {
      name,
      state: 'problem',
      sentence:
        'NODE_OPTIONS names this package, which Node looks up from the working directory: npm, services, and programs in other folders do not start.',
      advice: { text: 'Set the whole line below instead.', elevated: false },
      setting,
    };
  }
  const sentence = options.includes(explainingOptions)
    ? 'NODE_OPTIONS explains failed binds in every Node that this environment starts.'
    : 'If a service manager, PM2 or a container sets variables, add this line to explain failed binds in its programs.';
  return { name, state: 'ok', sentence, setting };
}
