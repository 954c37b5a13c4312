// SPDX-License-Identifier: MIT
import type { Style } from './outcome.js';

/** Gives the lines of an answer: a colored word such as `yes:`, then the sentence. */
export function answerLines(word: string, color: 'green' | 'yellow' | 'red', sentence: string, style: Style): string[] {
  const [first = '', ...rest] = wrap(sentence, style, `${word} `);
  return [style(color, word) + first.slice(word.length), ...rest];
}

/** Breaks a sentence into lines that fit the width; the first begins with `first`, the others with as many spaces. */
export function wrap(text: string, { width }: Pick<Style, 'width'>, first = ''): string[] {
  const indent = ' '.repeat(first.length);
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}
