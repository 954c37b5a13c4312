// SPDX-License-Identifier: MIT
import type { PortCategory } from './port-picture.js';

interface Category {
  readonly name: string;
  /** The name that is repeated for thousands of runs. */
  readonly shortName: string;
  /** The letter for output without color. */
  readonly letter: string;
  readonly color: 'green' | 'yellow' | 'cyan' | 'red' | 'magenta' | 'blue' | 'gray';
}

/**
 * The look of each category, the most important first: a cell of the text picture with ports of several categories shows
 * the first of them. Small blocks that were made on purpose come before wide ones.
 */
export const categories: Readonly<Record<PortCategory, Category>> = {
  persistent: { name: 'persistent reservation', shortName: 'persistent reservation', letter: 'P', color: 'green' },
  administered: { name: 'excluded by an administrator', shortName: 'excluded', letter: 'A', color: 'yellow' },
  'in-use': { name: 'in use', shortName: 'in use', letter: 'U', color: 'cyan' },
  reserved: { name: 'reserved by Windows or a program', shortName: 'reserved', letter: 'R', color: 'red' },
  guest: {
    name: 'reserved by a virtual machine or container',
    shortName: 'reserved by a guest',
    letter: 'G',
    color: 'magenta',
  },
  dynamic: {
    name: 'free, handed out by Windows (dynamic range)',
    shortName: 'free, dynamic',
    letter: ':',
    color: 'blue',
  },
  free: { name: 'free', shortName: 'free', letter: '.', color: 'gray' },
};

export const byImportance = Object.keys(categories) as PortCategory[];
