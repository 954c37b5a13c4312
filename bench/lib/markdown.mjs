// SPDX-License-Identifier: MIT
import { ratiosOf, summaryOf } from './statistics.mjs';

/** A number with three digits that mean something. */
export function format(value) {
  if (typeof value !== 'number') return String(value);
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString('en', { maximumFractionDigits: Math.min(digits, 6) });
}

const ratio = (value) => (value >= 100 ? format(value) : value.toFixed(value >= 10 ? 1 : 2));

function table(header, rows) {
  const lines = [header, header.map((_, index) => (index === 0 ? '---' : '---:')), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

export function isMet({ atMost = Infinity, atLeast = -Infinity }, value) {
  return value <= atMost && value >= atLeast;
}

function goalText(goal, value, show = format) {
  if (!goal) return '';
  const limit = goal.atMost === undefined ? `at least ${show(goal.atLeast)}` : `at most ${show(goal.atMost)}`;
  return `${limit}${goal.unit ? ` ${goal.unit}` : ''}: ${isMet(goal, value) ? 'met' : '**not met**'}`;
}

/** Every goal of the results, with what was measured. */
export function goalsOf(results) {
  return results.flatMap((result) =>
    (result.goals ?? []).map((goal) => ({
      title: result.name ? `${result.title}: ${result.name}` : result.title,
      goal,
      value: goal.value ?? ratioTo(result, goal.name).median,
    })),
  );
}

function ratioTo({ series, reference }, name) {
  return summaryOf(ratiosOf(series[name], series[reference]));
}

const spread = ({ low, high }, show = format) => `${show(low)} to ${show(high)}`;

/** A row of one series: name, median, quartiles, ratio to the reference, goal. */
function seriesRow(comparison, name, label) {
  const summary = summaryOf(comparison.series[name]);
  const against = ratioTo(comparison, name);
  const goal = comparison.goals?.find((candidate) => candidate.name === name);
  const isReference = name === comparison.reference;
  return [
    label,
    format(summary.median),
    spread(summary),
    isReference ? '1' : ratio(against.median),
    isReference ? '' : spread(against, ratio),
    goalText(goal, against.median, ratio),
  ];
}

function comparisonTable(comparison) {
  const { unit, reference, series } = comparison;
  const header = ['', unit, 'half of the rounds', `of: ${reference}`, 'half of the rounds', 'goal'];
  return table(
    header,
    Object.keys(series).map((name) => seriesRow(comparison, name, name)),
  );
}

/** Comparisons of the same series, one or a few to a row. */
function groupTable(comparisons) {
  const [{ unit, reference }] = comparisons;
  const header = ['', unit, 'half of the rounds', `of: ${reference}`, 'half of the rounds', 'goal'];
  const rows = comparisons.flatMap((comparison) => {
    const names = Object.keys(comparison.series).filter((name) => name !== comparison.reference);
    const label = (name) => (names.length === 1 ? comparison.name : `${comparison.name}: ${name}`);
    return names.map((name) => seriesRow(comparison, name, label(name)));
  });
  return table(header, rows);
}

/** Comparisons of the same series, each with a column: the median, and half of the rounds. */
function columnsTable(comparisons) {
  const [{ columns, unit, reference }] = comparisons;
  const [own] = columns;
  const header = ['', ...columns.map((name) => `${name}, ${unit}`), `${own} of: ${reference}`, 'goal'];
  const rows = comparisons.map(({ name, series, goals = [] }) => {
    const cells = columns.map((column) => {
      if (series[column] === undefined) return '';
      const summary = summaryOf(series[column]);
      return `${format(summary.median)} (${spread(summary)})`;
    });
    const against = ratioTo({ series, reference }, own);
    const ratios = `${ratio(against.median)} (${spread(against, ratio)})`;
    return [name, ...cells, ratios, goalText(goals[0], against.median, ratio)];
  });
  return table(header, rows);
}

function bodyOf(members) {
  const [first] = members;
  if (first.rows) return plainTable(first);
  if (first.columns) return columnsTable(members);
  return first.name ? groupTable(members) : comparisonTable(first);
}

function plainTable({ header, rows, goals = [] }) {
  const body = table(
    header,
    rows.map((row) => row.map(format)),
  );
  const lines = goals.map((goal) => `- ${goal.name}: ${format(goal.value)}, ${goalText(goal, goal.value)}`);
  return lines.length === 0 ? body : `${body}\n\n${lines.join('\n')}`;
}

/**
 * The results of a run as a page, or as a part of one.
 *
 * @param {string} title
 * @param {Record<string, string | number>} environment
 * @param {import('./report-line.mjs').Comparison[]} results
 * @param {{ heading?: string, charts?: string }} [options] The heading to begin with, and the folder of the charts.
 */
export function toMarkdown(title, environment, results, { heading = '#', charts } = {}) {
  const sections = new Map();
  for (const result of results) sections.set(result.title, [...(sections.get(result.title) ?? []), result]);
  const shown = new Set();
  const imageOf = ({ chart, chartTitle = '', title: name }) => {
    if (charts === undefined || chart === undefined || shown.has(chart)) return [];
    shown.add(chart);
    return [`![${chartTitle || name}](${charts}/${chart}.svg)`];
  };
  const parts = [
    `${heading} ${title}`,
    Object.entries(environment)
      .map(([name, value]) => `- ${name}: ${value}`)
      .join('\n'),
  ];
  for (const [name, members] of sections) {
    const [first] = members;
    const notes = first.note ? [first.note] : [];
    parts.push(`${heading}# ${name}`, ...notes, bodyOf(members), ...imageOf(first));
  }
  return `${[...parts, verdictOf(results)].join('\n\n')}\n`;
}

/** How many goals are met, and which are not. */
function verdictOf(results) {
  const goals = goalsOf(results);
  const missed = goals.filter(({ goal, value }) => !isMet(goal, value));
  const lines = missed.map(({ title, goal, value }) => `- not met: ${title}, ${goal.name}: ${format(value)}`);
  const verdict = `${goals.length - missed.length} goals met, ${missed.length} not met`;
  return lines.length === 0 ? `${verdict}.` : `${verdict}:\n\n${lines.join('\n')}`;
}
