// SPDX-License-Identifier: MIT

/** Wording that readers stumble over, and what to write instead. */
const avoided = [
  [/\bstands? on\b/gi, 'say "calls", "follows" or "is based on"'],
  [/\bthe very\b/gi, 'leave it out, or say "the same" or "exactly"'],
  [/\b(?:no|some|every|any)body\b/gi, 'say who: the process, Windows, the caller, another program'],
  [/\b(?:can|could|cannot|can't|to|may|must) (?:not )?be had\b/gi, 'say who can or cannot bind, reserve or read it'],
  [/\bone's own\b/gi, 'say whose it is'],
  [/\b(?:runs?|windows?|spans?|places?) of (?:\w+ )?ports\b/gi, 'say "block of ports"'],
  [/\bforeign (?:block|range)s?\b/gi, 'say "WinNAT block", or "excluded range of Windows"'],
];

const firstWords =
  /(?<=^\s*|[.!?:;]["')]*\s+)(?:What(?:ever)?|Who(?:ever|se)?|Those (?:that|who|whose|of|in|with)|One (?:that|which|who|whose))\b/g;

const endOfParagraph = '\f';

/**
 * Finds wording to avoid in a text without markup.
 *
 * @param {string} text
 * @returns {{ index: number, message: string }[]} where the wording begins, and what to do about it
 */
export function findWording(text) {
  const findings = [];
  for (const [pattern, instead] of avoided) {
    for (const { 0: words, index } of text.matchAll(pattern))
      findings.push({ index, message: `"${words}": ${instead}.` });
  }
  for (const { 0: paragraph, index: start } of text.matchAll(/(?:[^\n\f]|\n(?!\s*\n))+/g)) {
    for (const { 0: words, index } of paragraph.matchAll(firstWords)) {
      if (isQuestion(paragraph.slice(index))) continue;
      findings.push({ index: start + index, message: `"${words}" begins a sentence: name the subject with a noun.` });
    }
  }
  return findings;
}

function isQuestion(rest) {
  return /^[^.!?]*\?/.test(rest);
}

/** Blanks code, comments, headings and the targets of links. Items of a list and cells of a table end a paragraph. */
export function textOfMarkdown(page) {
  return page
    .replace(/^(```+).*\n[\s\S]*?^\1$/gm, blank)
    .replace(/<!--[\s\S]*?-->/g, blank)
    .replace(/`[^`\n]+`/g, inlineCode)
    .replace(/\]\([^)\n]*\)/g, blank)
    .replace(/^#+ .*$/gm, blank)
    .replace(/^ *(?:[-*]|\d+\.)(?= )|\|/gm, (marker) => marker.replace(/\S/g, endOfParagraph))
    .replace(/[[*_]/g, ' ');
}

/** Blanks the markup of a comment of JavaScript or C++, or of a few line comments below each other. */
export function textOfComment(comment) {
  return comment
    .replace(/^\s*(?:\/\*+|\/\/|\*(?!\/)|#)|\*\/$/gm, blank)
    .replace(/^( *)(```+).*\n[\s\S]*?^ *\2$/gm, blank)
    .replace(/`[^`\n]+`/g, inlineCode)
    .replace(/^ *@(?:param \S+(?: -)?|\w+)/gm, (tag) => `${blank(tag).slice(1)}${endOfParagraph}`);
}

/** The comments of a C++ or a YAML file, with everything else blanked. */
export function commentsOf(code, isYaml) {
  const comment = isYaml ? /(?<=^|\s)#.*/ : /\/\/.*|\/\*[\s\S]*?\*\//;
  const tokens = new RegExp(`(${comment.source})|"(?:\\\\.|[^"\\\\\\n])*"|'(?:\\\\.|[^'\\\\\\n])*'|[^\\n]`, 'gm');
  return textOfComment(code.replace(tokens, (token, isComment) => (isComment ? token : blank(token))));
}

function blank(text) {
  return text.replace(/[^\n]/g, ' ');
}

function inlineCode(code) {
  return 'x'.repeat(code.length);
}
