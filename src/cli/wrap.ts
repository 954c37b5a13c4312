// SPDX-License-Identifier: MIT
import type { Style } from './outcome.js';

/** Gives the lines of an answer: a colored word such as `yes:`, then the sentence. */
export function answerLines(word: string, color: 'green' | 'yellow' | 'red', sentence: string, style: Style): string[] {
  const [first = '', ...rest] = wrap(sentence, style, `${word} `);
  return [style(color, word) + first.slice(word.length), ...rest];
}

/** A text that ends with a command. */
const withCommand = /^(.*?:) ((?:["/]|[A-Z]:\\|(?:npx|cmd|node|netsh|docker|wsl|net|sc) ).*[^.])$/s;

/**
 * Gives the lines of a message: a colored word such as `hint:`, then the text. In a terminal they fit the width, and a command at
 * the end is left on one line, from which it can be copied. A pipe gets one line.
 */
export function messageLines(word: string, color: 'red' | 'yellow' | 'cyan', text: string, style: Style): string[] {
  const plain = `${word} ${text}`;
  if (style.tableWidth === Infinity || plain.length <= style.width) return [`${style(color, word)} ${text}`];
  const [, before = text, command] = withCommand.exec(text) ?? [];
  const [first = '', ...rest] = before
    .split('\n')
    .flatMap((line, index) => wrap(line, style, index === 0 ? `${word} ` : ''));
  const lines = [style(color, word) + first.slice(word.length), ...rest];
  return command === undefined ? lines : [...lines, `    ${command}`];
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
