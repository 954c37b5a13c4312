// SPDX-License-Identifier: MIT
import { ratiosOf, summaryOf } from './statistics.mjs';

/** Formats a number with three significant digits. */
export function format(value) {
  if (typeof value !== 'number') return String(value);
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString('en', { maximumFractionDigits: Math.min(digits, 6) });
}

const ratio = (value) => (value >= 100 || value < 0.1 ? format(value) : value.toFixed(value >= 10 ? 1 : 2));

function table(header, rows) {
  const lines = [header, header.map((_, index) => (index === 0 ? '---' : '---:')), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

export function isMet({ atMost = Infinity, atLeast = -Infinity }, value) {
  return value <= atMost && value >= atLeast;
}

/** @param {{ low: number, high: number }} [spread] The quartiles of the value, if it has any. */
function goalText(goal, value, show = format, spread = { low: value, high: value }) {
  const limit = goal.atMost === undefined ? `at least ${show(goal.atLeast)}` : `at most ${show(goal.atMost)}`;
  const which = goal.worseQuartile ? 'worse quartile ' : '';
  const verdict = isMet(goal, value) ? 'met' : '**not met**';
  const isSure = isMet(goal, spread.low) === isMet(goal, spread.high);
  const doubt = isSure || goal.worseQuartile ? '' : ', but the rounds disagree';
  return `${which}${limit}${goal.unit ? ` ${goal.unit}` : ''}: ${verdict}${doubt}`;
}

/** Returns the value that a goal applies to: its own value, or the ratio to the reference, round by round. */
function valueOf(goal, comparison) {
  if (goal.value !== undefined) return goal.value;
  const { median, low, high } = ratioTo(comparison, goal.name, goal.reference);
  if (!goal.worseQuartile) return median;
  return goal.atMost === undefined ? low : high;
}

/** Lists every goal of the results with the measured value. */
export function goalsOf(results) {
  return results.flatMap((result) =>
    (result.goals ?? []).map((goal) => ({
      title: result.name ? `${result.title}: ${result.name}` : result.title,
      goal,
      value: valueOf(goal, result),
    })),
  );
}

function ratioTo({ series, reference: usual }, name, reference = usual) {
  return summaryOf(ratiosOf(series[name], series[reference]));
}

const spread = ({ low, high }, show = format) => `${show(low)} to ${show(high)}`;

export const withSpread = (summary, show = format) => `${show(summary.median)} (${spread(summary, show)})`;

function headerOf({ unit, reference, difference }) {
  const more = difference ? [`${unit} more`] : [];
  return ['', unit, 'half of the rounds', `of: ${reference}`, 'half of the rounds', ...more, 'goal'];
}

/**
 * Makes the row of one series: name, median, quartiles, ratio to the reference, optionally the difference from it,
 * goal.
 */
function seriesRow(comparison, name) {
  const { series, reference } = comparison;
  const summary = summaryOf(series[name]);
  const against = ratioTo(comparison, name);
  const goal = comparison.goals?.find((candidate) => candidate.name === name);
  const isReference = name === reference;
  const more = () => withSpread(summaryOf(series[name].map((value, round) => value - series[reference][round])));
  return [
    comparison.name ? `${comparison.name}: ${name}` : name,
    format(summary.median),
    spread(summary),
    isReference ? '1' : ratio(against.median),
    isReference ? '' : spread(against, ratio),
    ...(comparison.difference ? [isReference ? '' : more()] : []),
    goal ? goalText(goal, valueOf(goal, comparison), ratio, against) : '',
  ];
}

/** Makes the table of comparisons of the same series, with a row for each series of each comparison. */
function seriesTable(comparisons) {
  const rows = comparisons.flatMap((comparison) =>
    Object.keys(comparison.series).map((name) => seriesRow(comparison, name)),
  );
  return table(headerOf(comparisons[0]), rows);
}

/**
 * Makes the table of several comparisons with a column for each series: the median, and half of the rounds. The goals
 * apply to the first column.
 */
function columnsTable(comparisons) {
  const [{ columns, unit, reference: usual }] = comparisons;
  const [own] = columns;
  const referenceOf = ({ reference = usual }) => reference;
  const references = [...new Set([usual, ...comparisons.flatMap(({ goals = [] }) => goals.map(referenceOf))])];
  const header = ['', ...columns.map((name) => `${name}, ${unit}`)];
  const ratioHeader = references.flatMap((reference) => [`${own} of: ${reference}`, 'goal']);
  const rows = comparisons.map((comparison) => {
    const { name, series, goals = [] } = comparison;
    const cells = columns.map((column) => (series[column] ? withSpread(summaryOf(series[column])) : ''));
    const ratios = references.flatMap((reference) => {
      const goal = goals.find((candidate) => referenceOf(candidate) === reference);
      const against = ratioTo(comparison, own, reference);
      return [withSpread(against, ratio), goal ? goalText(goal, valueOf(goal, comparison), ratio, against) : ''];
    });
    return [name, ...cells, ...ratios];
  });
  return table([...header, ...ratioHeader], rows);
}

/** Makes the table of the results that share a title. */
export function bodyOf(members) {
  const [first] = members;
  if (first.rows) return plainTable(first);
  return first.columns ? columnsTable(members) : seriesTable(members);
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
 * Formats the results of a run as a page, or as a part of a page.
 *
 * @param {string} title
 * @param {Record<string, string | number>} environment
 * @param {import('./report-line.mjs').Comparison[]} results
 * @param {{ heading?: string, charts?: string, busy?: string[] }} [options] The first heading, the folder of the charts, and the
 * reasons why the figures do not count.
 */
export function toMarkdown(title, environment, results, { heading = '#', charts, busy = [] } = {}) {
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
    ...(busy.length > 0 ? [`**The machine was too busy, so these figures do not count:** ${busy.join('; ')}.`] : []),
  ];
  for (const [name, members] of sections) {
    const [first] = members;
    const notes = first.note ? [first.note] : [];
    parts.push(`${heading}# ${name}`, ...notes, bodyOf(members), ...imageOf(first));
  }
  return `${[...parts, verdictOf(results)].join('\n\n')}\n`;
}

/** Says how many goals are met, and which are missed. */
function verdictOf(results) {
  const goals = goalsOf(results);
  const missed = goals.filter(({ goal, value }) => !isMet(goal, value));
  const lines = missed.map(({ title, goal, value }) => {
    const against = goal.reference ? ` of ${goal.reference}` : '';
    const which = goal.worseQuartile ? ', worse quartile' : '';
    return `- not met: ${title}, ${goal.name}${against}${which}: ${format(value)}`;
  });
  const verdict = `${goals.length - missed.length} goals met, ${missed.length} not met`;
  return lines.length === 0 ? `${verdict}.` : `${verdict}:\n\n${lines.join('\n')}`;
}
