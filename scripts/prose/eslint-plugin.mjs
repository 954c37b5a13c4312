// SPDX-License-Identifier: MIT
import { commentsOf, findWording, textOfComment, textOfMarkdown } from './wording.mjs';

/** Checks comments, and with `strings` also the texts in the code, which users read. */
const wording = {
  meta: { type: 'suggestion', schema: [{ type: 'object', properties: { strings: { type: 'boolean' } } }] },
  create(context) {
    const { sourceCode } = context;
    const report = (text, start) => {
      for (const { index, message } of findWording(text)) {
        context.report({ loc: sourceCode.getLocFromIndex(start + index), message });
      }
    };
    const checkText = (node, text) => report(/\s/.test(text) ? text : '', node.range[0] + 1);
    return {
      Program() {
        for (const [start, end] of groupsOfComments(sourceCode)) {
          report(textOfComment(sourceCode.text.slice(start, end)), start);
        }
      },
      ...(context.options[0]?.strings && {
        Literal: (node) => typeof node.value === 'string' && checkText(node, node.value),
        TemplateElement: (node) => checkText(node, node.value.raw),
      }),
    };
  },
};

/** Line comments below each other are one text. */
function groupsOfComments(sourceCode) {
  const groups = [];
  for (const { type, range } of sourceCode.getAllComments()) {
    const last = groups.at(-1);
    const goesOn =
      last?.type === 'Line' && type === 'Line' && /^\n[ \t]*$/.test(sourceCode.text.slice(last.end, range[0]));
    if (goesOn) last.end = range[1];
    else groups.push({ type, start: range[0], end: range[1] });
  }
  return groups.map(({ start, end }) => [start, end]);
}

/** Checks a file that ESLint cannot parse: Markdown, or the comments of C++ and YAML. */
function processor(toText) {
  let findings = [];
  return {
    preprocess(content) {
      findings = findWording(toText(content)).map(({ index, message }) => {
        const lines = content.slice(0, index).split('\n');
        return { ruleId: 'prose/wording', severity: 2, message, line: lines.length, column: lines.at(-1).length + 1 };
      });
      return [];
    },
    postprocess: () => findings,
  };
}

export default {
  meta: { name: 'prose' },
  rules: { wording },
  processors: {
    markdown: processor(textOfMarkdown),
    cpp: processor((code) => commentsOf(code, false)),
    yaml: processor((code) => commentsOf(code, true)),
  },
};
