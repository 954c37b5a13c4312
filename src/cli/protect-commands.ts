// SPDX-License-Identifier: MIT
import type { Command } from 'commander';
import { addBlockCommand } from './block-command.js';
import type { Streams, Perform } from './outcome.js';

const load = () => import('./commands/protect.js');

const elevate = 'ask Windows for elevation, and wait for the result';

export function addProtectCommands(program: Command, perform: Perform, streams: Streams): void {
  addBlockCommand(program, perform, {
    name: 'protect',
    description:
      'Keep Windows, Hyper-V, WSL and Docker off a block of ports, across restarts. Every program can still listen on it. Needs elevation.',
    examples: [
      'protect tcp 3000',
      'protect tcp 3000 10 --dry-run',
      'protect tcp 3000 --stop-winnat',
      'protect tcp 3000 --just-now',
    ],
    switches: {
      'stop-winnat': 'do not ask before WinNAT is stopped and started again, which cuts off WSL and Docker',
      'keep-wsl': 'leave WSL running; it has no network after WinNAT was restarted',
      'just-now': 'change nothing that lasts: stop WinNAT, wait until your program listens, and start WinNAT again',
      elevate,
      'dry-run': 'print the steps, and change nothing',
    },
    interactive: true,
    run: async (block, given) => (await load()).protect(block, given, streams),
  });
  addBlockCommand(program, perform, {
    name: 'unprotect',
    description: 'End a protection. Give exactly the numbers of the ports that were protected. Needs elevation.',
    examples: ['unprotect tcp 3000', 'unprotect tcp 3000 10 --dry-run'],
    switches: {
      force: 'also delete an exclusion that protect did not make',
      elevate,
      'dry-run': 'print what would be deleted, and change nothing',
    },
    run: async (block, given) => (await load()).unprotect(block, given),
  });
}
