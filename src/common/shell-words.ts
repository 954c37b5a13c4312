// SPDX-License-Identifier: MIT
// Checks text that goes into a command for a person to run, in cmd or in PowerShell. The two shells quote in different ways,
// so a command contains only text that both leave unchanged.

// Modifier letters (Lm) are left out, except the Japanese one: some code pages turn them into quotes.

/** Excludes `"`, `$`, `%`, `` ` `` and curved quotes: one of the shells gives them a meaning inside double quotes. */
const quotable = /^[\p{Ll}\p{Lu}\p{Lo}\p{Nd}ー_.,:;+@#=~&'(){}[\]\\/ -]*(?<!\\)$/u;

/** A name or an address, possibly with a scope id. It does not begin with a hyphen, as an option would. */
const bare = /^[\p{Ll}\p{Lu}\p{Lo}\p{Nd}_.:][\p{Ll}\p{Lu}\p{Lo}\p{Nd}_.:-]*(%[A-Za-z0-9]+)?$/u;

/** Puts the text in double quotes; undefined if one of the shells would change it. */
export function quoted(text: string): string | undefined {
  return quotable.test(text) ? `"${text}"` : undefined;
}

/** Tells whether both shells take the text as one unchanged word without quotes. */
export function isBareWord(text: string): boolean {
  return bare.test(text);
}
