// SPDX-License-Identifier: MIT
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { toCharts } from './charts.mjs';
import { toMarkdown } from './markdown.mjs';

const folder = path.resolve(import.meta.dirname, '..');
const readme = path.join(folder, 'README.md');
const titles = { here: 'On Linux, with the simulated Windows', wine: 'In Windows Node under Wine, with the addon' };

/** Replaces the results between the marks of a part in a text. */
export function replacePart(text, part, results) {
  const [begin, end] = [`<!-- results ${part} -->\n`, `<!-- end of results ${part} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`there is no place for the results ${part}`);
  return `${text.slice(0, from)}${begin}\n${results}\n${text.slice(to)}`;
}

export async function writeCharts(to, results) {
  mkdirSync(to, { recursive: true });
  for (const [name, svg] of await toCharts(results)) writeFileSync(path.join(to, `${name}.svg`), svg);
}

/** Replaces the old results with those of a run. @param {'here' | 'wine'} part */
export async function writeResults(part, environment, results, busy) {
  const charts = `charts/${part}`;
  await writeCharts(path.join(folder, charts), results);
  const text = toMarkdown(titles[part], environment, results, { heading: '###', charts, busy });
  const prettier = await import('prettier');
  const options = { ...(await prettier.resolveConfig(readme)), parser: 'markdown' };
  writeFileSync(readme, await prettier.format(replacePart(readFileSync(readme, 'utf8'), part, text), options));
}
