// SPDX-License-Identifier: MIT
// Measures, prints a page of tables, and says which goals are met.
//
//   node bench/run.mjs [--wine [--node 20|22]] [--only topic,topic] [--json file] [--svg folder] [--write]
//
// --write puts the tables of a whole run into bench/README.md, and the charts into bench/charts.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { useByOthers, whyBusy } from './lib/busy.mjs';
import { describeEnvironment } from './lib/environment.mjs';
import { toMarkdown } from './lib/markdown.mjs';
import { thisNode, windowsNode } from './lib/topics.mjs';
import { measureInWine, measureHere } from './lib/plan.mjs';
import { writeCharts, writeResults } from './lib/readme.mjs';
import { mean } from './lib/statistics.mjs';

const { values } = parseArgs({
  options: {
    wine: { type: 'boolean', default: false },
    node: { type: 'string', default: '22' },
    only: { type: 'string' },
    json: { type: 'string' },
    svg: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});

const plan = values.wine ? measureInWine : measureHere;
const only = values.only?.split(',');
const unknown = only?.filter((name) => !(name in plan)) ?? [];
if (unknown.length > 0) {
  console.error(`no topic ${unknown.join(', ')}; there are ${Object.keys(plan).join(', ')}`);
  process.exit(2);
}
if (values.write && only) {
  console.error('--write is for a whole run, without --only');
  process.exit(2);
}

const host = values.wine ? await windowsNode(Number(values.node)) : thisNode();
const { nodeVersions } = await import('../test/wine/paths.mjs');
const environment = describeEnvironment(values.wine ? nodeVersions[values.node] : undefined);
const uses = [await useByOthers()];
const results = [];
for (const [name, measure] of Object.entries(plan)) {
  if (only && !only.includes(name)) continue;
  const start = performance.now();
  results.push(...(await measure(host)));
  console.error(`${name}: ${((performance.now() - start) / 1000).toFixed(0)} s`);
  uses.push(await useByOthers());
}

const use = mean(uses);
environment['processors that others used between the topics'] = `${(100 * use).toFixed(0)} %`;
const busy = whyBusy(use, results);
const title = `Measured on ${values.wine ? 'the addon in Windows Node under Wine' : 'this system'}`;
console.log(toMarkdown(title, environment, results, { busy }));

if (values.json) writeFileSync(values.json, `${JSON.stringify({ environment, busy, results }, undefined, 1)}\n`);
if (values.svg) await writeCharts(values.svg, results);
if (values.write) await writeResults(values.wine ? 'wine' : 'here', environment, results, busy);
