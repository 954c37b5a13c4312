// SPDX-License-Identifier: MIT
import type { Argument, Command, Option } from 'commander';
import { offeredValues } from './offered-values.js';

/** A word that a shell offers. The description is never empty, because PowerShell refuses an empty one. */
export interface Candidate {
  readonly word: string;
  readonly description: string;
}

/** Says that the shell offers the names of files. */
export const files = 'files';

/**
 * Finds the words that may stand at the end of a command line, from the table of the commands.
 *
 * @param before - The words before it, without the name of the program.
 * @param current - The beginning of the word; may be empty.
 */
export function complete(program: Command, before: readonly string[], current: string): Candidate[] | typeof files {
  const place = walk(program, before);
  if (place.valueOf) return valuesOf(place.valueOf, current);
  const [, flag, value] = /^(--[\w-]+)=(.*)$/.exec(current) ?? [];
  if (flag !== undefined && value !== undefined) {
    const option = place.options.find(({ long }) => long === flag);
    const found = option?.required === true ? valuesOf(option, value) : [];
    return found === files ? files : found.map((each) => ({ ...each, word: `${flag}=${each.word}` }));
  }
  if (place.startsProgram) return files;
  if (current.startsWith('-')) {
    return startingWith(
      current,
      place.options.map((option) => ({ word: option.long ?? option.flags, description: option.description })),
    );
  }
  const named = place.commands.map((command) => ({
    word: command.name(),
    description: firstSentence(command.description()),
  }));
  return [...startingWith(current, named), ...(place.argument ? wordsOf(place.argument, current) : [])];
}

/** The end of a command line, and what may stand there. */
interface Place {
  readonly options: readonly Option[];
  /** The option before it, which takes a value. */
  readonly valueOf?: Option | undefined;
  readonly commands: readonly Command[];
  readonly argument?: Argument | undefined;
  /** Another program, with its own arguments. */
  readonly startsProgram: boolean;
}

function walk(program: Command, before: readonly string[]): Place {
  let command = program;
  let given = 0;
  let valueOf: Option | undefined;
  let startsProgram = false;
  // bash makes a word of the sign in `--store=active`.
  for (const word of before.filter((each) => each !== '=')) {
    if (valueOf) valueOf = undefined;
    else if (word === '--') startsProgram = true;
    else if (startsProgram) continue;
    else if (word.startsWith('-')) {
      valueOf = optionsOf(command, program).find(
        ({ long, short, required }) => required && [long, short].includes(word),
      );
    } else {
      const found = given === 0 ? command.commands.find((each) => each.name() === word) : undefined;
      // The arguments of help are commands.
      if (found?.name() === 'help') continue;
      if (found) command = found;
      else given += 1;
      startsProgram = command.name() === 'run' && given > 0;
    }
  }
  const { registeredArguments } = command;
  const isVisible = (each: Command): boolean => command.createHelp().visibleCommands(command).includes(each);
  return {
    options: optionsOf(command, program),
    valueOf,
    commands: given === 0 ? command.commands.filter(isVisible) : [],
    argument: registeredArguments[given] ?? registeredArguments.filter(({ variadic }) => variadic).at(-1),
    startsProgram,
  };
}

function optionsOf(command: Command, program: Command): Option[] {
  const help = command.createHelp();
  const own = help.visibleOptions(command);
  const global = help.visibleOptions(program);
  return [...own, ...global.filter(({ long }) => own.every((option) => option.long !== long))];
}

function valuesOf(option: Option, current: string): Candidate[] | typeof files {
  return /<(file|path)>/.test(option.flags) ? files : wordsOf(option, current);
}

function wordsOf(input: Option | Argument, current: string): Candidate[] {
  return startingWith(
    current,
    offeredValues(input).map((word) => ({ word, description: word })),
  );
}

function startingWith(current: string, candidates: readonly Candidate[]): Candidate[] {
  return candidates.filter(({ word }) => word.startsWith(current));
}

function firstSentence(text: string): string {
  return /^.*?\.(?= |$)/.exec(text)?.[0] ?? text;
}
