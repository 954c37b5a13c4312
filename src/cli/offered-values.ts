// SPDX-License-Identifier: MIT
import type { Argument, Option } from 'commander';

const offered = new WeakMap<Argument | Option, readonly string[]>();

/** Notes the values that a shell offers for an option or an argument. Its parser may accept others, such as ports. */
export function offer<Input extends Argument | Option>(input: Input, values: readonly string[]): Input {
  offered.set(input, values);
  return input;
}

export function offeredValues(input: Argument | Option): readonly string[] {
  return offered.get(input) ?? input.argChoices ?? [];
}
