// SPDX-License-Identifier: MIT
import { portsText } from '../../../common/port-ranges.js';
import type { PortAdvice } from '../../../explain/port-explanation.js';
import { explainListed, type PortLists } from '../../../explain/explain-listed.js';
import { categories } from '../categories.js';
import { categoryOf, spanOf, type PortCategory, type PortPicture } from '../port-picture.js';
import { ownerNames } from '../run-names.js';
import type { Layout } from '../svg-layout.js';
import { portTexts } from './port-texts.js';

/** A picture and the lists that it was drawn from. */
export interface ExplainedPicture {
  readonly picture: PortPicture;
  readonly lists: PortLists;
  readonly layout: Layout;
}

/** The data of the page, which its script reads. `map-page.js` has the same type. */
export interface PageData {
  readonly portMark: string;
  readonly categories: Readonly<Record<string, { readonly name: string; readonly letter: string }>>;
  readonly maps: readonly PageMap[];
  /** The port and the protocol that the page shows first. */
  readonly start: { readonly protocol: string; readonly port: number };
}

export interface PageMap {
  readonly protocol: string;
  readonly startPort: number;
  readonly endPort: number;
  readonly layout: Layout;
  readonly runs: readonly PageRun[];
  /** Each text once: the sentence and the advice about the ports of a run. */
  readonly explanations: readonly PageExplanation[];
}

export interface PageRun {
  readonly startPort: number;
  readonly endPort: number;
  readonly category: PortCategory;
  /** The whole range, if the run is a part of one. */
  readonly range?: string;
  readonly owners: readonly string[];
  /** The index of the explanation. */
  readonly explanation: number;
}

export interface PageExplanation {
  readonly sentence: string;
  readonly advice: readonly PortAdvice[];
}

export function pageMap({ picture, lists, layout }: ExplainedPicture): PageMap {
  const texts = new Map<string, number>();
  const runs = picture.runs.flatMap((run) =>
    portTexts(run, (port) => {
      const { sentence, advice } = explainListed(lists, port);
      return JSON.stringify({ sentence, advice } satisfies PageExplanation);
    }).map(({ startPort, endPort, text }): PageRun => {
      const explanation = texts.get(text) ?? texts.size;
      texts.set(text, explanation);
      const range = run.range && portsText(run.range);
      const isPart = range !== undefined && range !== portsText({ startPort, endPort });
      const owners = ownerNames(run);
      return { startPort, endPort, category: categoryOf(run), ...(isPart && { range }), owners, explanation };
    }),
  );
  return {
    protocol: picture.protocol,
    ...spanOf(picture),
    layout,
    runs,
    explanations: [...texts.keys()].map(parseMarked),
  };
}

/** Parses the JSON of an explanation, in which the mark stands where digits stood. */
function parseMarked(text: string): PageExplanation {
  return JSON.parse(text.replaceAll('\0', '\\u0000')) as PageExplanation;
}

export function namesOfCategories(): PageData['categories'] {
  return Object.fromEntries(Object.entries(categories).map(([key, { name, letter }]) => [key, { name, letter }]));
}
