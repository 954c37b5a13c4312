// SPDX-License-Identifier: MIT
import type { Style } from '../outcome.js';
import type { PortCategory } from './port-picture.js';

interface Category {
  readonly name: string;
  /** The name that is repeated for thousands of runs. */
  readonly shortName: string;
  /** The letter, which tells the categories apart without color too. */
  readonly letter: string;
  /** The look of the letter in a terminal with color. */
  readonly formats: readonly Parameters<Style>[0][];
}

/**
 * The look of each category, the most important first: a letter of the map in a terminal with ports of several categories shows
 * the first of them. Small blocks that were made on purpose come before wide ones.
 */
export const categories: Readonly<Record<PortCategory, Category>> = {
  persistent: {
    name: 'persistent reservation',
    shortName: 'persistent reservation',
    letter: 'P',
    formats: ['bgGreen', 'black'],
  },
  administered: {
    name: 'excluded by an administrator',
    shortName: 'excluded',
    letter: 'A',
    formats: ['bgYellow', 'black'],
  },
  'in-use': { name: 'in use', shortName: 'in use', letter: 'U', formats: ['inverse'] },
  reserved: {
    name: 'reserved by Windows or a program',
    shortName: 'reserved',
    letter: 'R',
    formats: ['bgRed', 'black'],
  },
  guest: {
    name: 'reserved by a virtual machine or container',
    shortName: 'reserved by a guest',
    letter: 'G',
    formats: ['bgMagenta', 'black'],
  },
  dynamic: {
    name: 'free, handed out by Windows (dynamic range)',
    shortName: 'free, dynamic',
    letter: ':',
    formats: ['blue'],
  },
  free: { name: 'free', shortName: 'free', letter: '.', formats: ['gray'] },
};

export const byImportance = Object.keys(categories) as PortCategory[];
