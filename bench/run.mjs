// SPDX-License-Identifier: MIT
// Measures, prints a page of tables, and says which goals are met.
//
//   node bench/run.mjs [--wine [--node 20|22]] [--only topic,topic] [--json file] [--svg folder]
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { toCharts } from './lib/charts.mjs';
import { describeEnvironment } from './lib/environment.mjs';
import { format, goalsOf, isMet, toMarkdown } from './lib/markdown.mjs';
import { thisNode, windowsNode } from './lib/topics.mjs';
import { measureInWine, measureHere } from './lib/plan.mjs';

const { values } = parseArgs({
  options: {
    wine: { type: 'boolean', default: false },
    node: { type: 'string', default: '22' },
    only: { type: 'string' },
    json: { type: 'string' },
    svg: { type: 'string' },
  },
});

const plan = values.wine ? measureInWine : measureHere;
const only = values.only?.split(',');
const unknown = only?.filter((name) => !(name in plan)) ?? [];
if (unknown.length > 0) {
  console.error(`no topic ${unknown.join(', ')}; there are ${Object.keys(plan).join(', ')}`);
  process.exit(2);
}

const host = values.wine ? await windowsNode(Number(values.node)) : thisNode();
const { nodeVersions } = await import('../test/wine/paths.mjs');
const environment = describeEnvironment(values.wine ? nodeVersions[values.node] : undefined);
const results = [];
for (const [name, measure] of Object.entries(plan)) {
  if (only && !only.includes(name)) continue;
  const start = performance.now();
  results.push(...(await measure(host)));
  console.error(`${name}: ${((performance.now() - start) / 1000).toFixed(0)} s`);
}

const where = values.wine ? 'the addon in Windows Node under Wine' : 'this system';
console.log(toMarkdown(`Measured on ${where}`, environment, results));
const missed = goalsOf(results).filter(({ goal, value }) => !isMet(goal, value));
console.log(`${goalsOf(results).length - missed.length} goals met, ${missed.length} not met`);
for (const { title, goal, value } of missed) console.log(`- not met: ${title}, ${goal.name}: ${format(value)}`);

if (values.json) writeFileSync(values.json, `${JSON.stringify({ environment, results }, undefined, 1)}\n`);
if (values.svg) {
  mkdirSync(values.svg, { recursive: true });
  for (const [name, svg] of toCharts(results)) writeFileSync(path.join(values.svg, `${name}.svg`), svg);
}
