// SPDX-License-Identifier: MIT
import { assumptions } from 'win-port-reservation/simulator';
import { bodyOf } from '../../../bench/lib/markdown.mjs';

/**
 * The outcome of the steps in one process: elevated, or not.
 *
 * @typedef {object} Part
 * @property {boolean} elevated
 * @property {Record<string, any>[]} steps
 * @property {string[]} changes The rows of the tables of excluded ports that are new or gone after the run.
 *
 * @typedef {object} Report
 * @property {Record<string, string | number | boolean>} system
 * @property {Part[]} parts
 * @property {Record<string, number | boolean>} assumptions The measured value of each assumption that has one.
 */

/**
 * The joined answers about one assumption.
 *
 * @typedef {{ name: string, model: unknown, windows?: unknown, notes: string[] }} Finding
 */

/**
 * Joins the answers of the parts. An elevated process can ask more, so its answers count first.
 *
 * @param {readonly Part[]} parts
 * @returns {Finding[]}
 */
export function findingsOf(parts) {
  const ordered = [...parts].sort((a, b) => Number(b.elevated) - Number(a.elevated));
  const answers = ordered.flatMap(({ steps }) => steps.find(({ name }) => name === 'probes')?.results ?? []);
  return Object.entries(assumptions).map(([name, { value: model }]) => {
    const own = answers.filter(({ assumption }) => assumption === name);
    const answered = own.find(({ windowsValue }) => windowsValue !== null);
    const notes = (answered ? [answered] : own).flatMap(({ notes: said, defect }) => [
      ...said,
      ...(defect ? [defect] : []),
    ]);
    return { name, model, ...(answered && { windows: answered.windowsValue }), notes };
  });
}

/** Returns the measured values, as `new SimulatedWindows({ assumptions })` takes them. */
export function measuredAssumptions(/** @type {readonly Part[]} */ parts) {
  // An answer that differs from case to case has no single value.
  const single = findingsOf(parts).filter(({ windows }) => ['number', 'boolean'].includes(typeof windows));
  return Object.fromEntries(single.map(({ name, windows }) => [name, windows]));
}

/** Formats a report as a page, to read or to paste into an issue. */
export function toPage(/** @type {Report} */ { system, parts }) {
  const findings = findingsOf(parts);
  const differ = findings.filter(({ model, windows }) => windows !== undefined && windows !== model);
  const hold = findings.filter(({ model, windows }) => windows === model);
  const open = findings.filter(({ windows }) => windows === undefined);
  return `${[
    '# A first day on Windows',
    table(['', ''], Object.entries(system)),
    '## What the model must change',
    differ.length === 0 ? 'Nothing: no answer differs from the model.' : assumptionTable(differ),
    '## What holds',
    hold.length === 0 ? 'Nothing was confirmed.' : assumptionTable(hold),
    '## What has no answer yet',
    open.length === 0
      ? 'Every question has an answer.'
      : list(open.map(({ name, notes }) => `${name}: ${firstLine(notes[0])}`)),
    ...parts.flatMap(partOf),
  ].join('\n\n')}\n`;
}

function assumptionTable(findings) {
  return table(
    ['assumption', 'statement', 'model', 'Windows', 'notes'],
    findings.map(({ name, model, windows, notes }) => [
      name,
      assumptions[name].statement,
      model,
      typeof windows === 'object' ? JSON.stringify(windows) : windows,
      notes.map(firstLine).join(' '),
    ]),
  );
}

/** @param {Part} part */
function partOf({ elevated, steps, changes }) {
  return [
    elevated ? '## Elevated' : '## Not elevated',
    table(
      ['step', 'seconds', 'exit code', 'outcome'],
      steps.map((step) => [step.name, step.seconds, step.exitCode, outcomeOf(step)]),
    ),
    ...steps.flatMap(detailsOf),
    '### Left behind',
    changes.length === 0
      ? 'Nothing: the tables of excluded ports are as they were.'
      : `${list(changes)}\n\nWinNAT takes and returns blocks of 100 ports at any time, so a change need not come from this run.`,
  ];
}

function outcomeOf({ failure, passed, failedTests, skipped, results }) {
  if (failure !== undefined) return `no results: ${firstLine(failure)}`;
  if (passed !== undefined) return `${passed} tests passed, ${failedTests} failed, ${skipped} skipped`;
  return results === undefined ? 'see below' : `${results.length} results`;
}

function detailsOf(step) {
  const { name, failure, failed = [], output, results } = step;
  if (failure !== undefined) return [`### ${name}`, code(failure)];
  if (output !== undefined) return [`### ${name}`, code(output)];
  if (failed.length > 0) {
    return ['### Failed tests', ...failed.map(({ file, test, message }) => `${file}: ${test}\n\n${code(message)}`)];
  }
  const measured = results?.filter(({ series }) => series !== undefined) ?? [];
  return measured.flatMap((result) => [`### ${result.title}`, bodyOf([result])]);
}

const code = (text) => `\`\`\`\`text\n${text.trim()}\n\`\`\`\``;
const list = (lines) => lines.map((line) => `- ${line}`).join('\n');
const firstLine = (text = '') => String(text).split('\n', 1)[0].trim();

function table(header, rows) {
  const cell = (value) => String(value).replaceAll('|', '\\|');
  return [header, header.map(() => '---'), ...rows.map((row) => row.map(cell))]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}
