// SPDX-License-Identifier: MIT
// What may stand in a command that a person is told to run, in cmd or in PowerShell. They quote in different ways, so that
// only what neither of them takes for anything else is put into one.

// Modifier letters (Lm) are out, but for that of Japanese: some code pages have quotes for them.

/** Neither `"` nor `$`, `%`, `` ` `` and the curved quotes, which the one or the other obeys inside of double quotes. */
const quotable = /^[\p{Ll}\p{Lu}\p{Lo}\p{Nd}ー_.,:;+@#=~&'(){}[\]\\/ -]*(?<!\\)$/u;

/** A name or an address, maybe with a scope id; what begins with a hyphen would be an option. */
const bare = /^[\p{Ll}\p{Lu}\p{Lo}\p{Nd}_.:][\p{Ll}\p{Lu}\p{Lo}\p{Nd}_.:-]*(%[A-Za-z0-9]+)?$/u;

/** The text in double quotes; undefined where one of the shells would make something else of it. */
export function quoted(text: string): string | undefined {
  return quotable.test(text) ? `"${text}"` : undefined;
}

/** Whether a text is one word, the same in both shells, without quotes. */
export function isBareWord(text: string): boolean {
  return bare.test(text);
}
