// SPDX-License-Identifier: MIT
import { advisedCommand } from '../../common/advised-command.js';
import { isBareWord } from '../../common/shell-words.js';
import type { PortQuestion } from '../facts/facts.js';

/** Gives the command that explains a port; undefined if a shell would change the host. */
export function explainCommand({ host, port, protocol }: PortQuestion): string | undefined {
  const command = advisedCommand(`explain ${protocol} ${port}`);
  if (host === undefined) return command;
  return isBareWord(host) ? `${command} --host ${host}` : undefined;
}
