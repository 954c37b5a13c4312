// SPDX-License-Identifier: MIT
// Reads a page of docs/recipes/ as a script. A block whose first line is a comment with a name of a file is that file. Each
// line of a block `sh` is a command. Each line of a block `text` is in the output of the command before it, where "…" stands
// for anything. Other blocks are not allowed, except `bat`, which only Windows can run: the page must say so. At each heading
// the machine is a new one, on which WinNAT has the port of the page.

interface FileStep {
  readonly kind: 'file';
  readonly name: string;
  readonly content: string;
}

interface CommandStep {
  readonly kind: 'command';
  readonly command: string;
  readonly shows: string[];
}

interface SectionStep {
  readonly kind: 'section';
}

export type Step = FileStep | CommandStep | SectionStep;

const fenceOrHeading = /^```(\w*)\n(.*?)^```$|^##? /gms;
const nameInComment = /^(?:\/\/|#|<!--) ([\w./-]+\.\w+)(?: -->)?\n/;

export function stepsOf(page: string): Step[] {
  const steps: Step[] = [];
  for (const [block, language, text = ''] of page.matchAll(fenceOrHeading)) {
    if (language === undefined) {
      steps.push({ kind: 'section' });
      continue;
    }
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    if (language === 'sh') {
      steps.push(...lines.map((command): Step => ({ kind: 'command', command, shows: [] })));
    } else if (language === 'text') {
      const last = steps.at(-1);
      if (last?.kind !== 'command') throw new Error(`no command has this output:\n${block}`);
      last.shows.push(...lines);
    } else if (language !== 'bat') {
      const name = nameInComment.exec(text)?.[1];
      if (name === undefined) throw new Error(`this block does not name its file:\n${block}`);
      steps.push({ kind: 'file', name, content: text });
    }
  }
  return steps;
}

/** Turns a text into the source of a pattern, with another pattern for "…". */
export function asPattern(text: string, anything: string): string {
  return text
    .split('…')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join(anything);
}

/** Whether a line of a page, in which "…" stands for anything, is in an output. */
export function isShown(line: string, output: string): boolean {
  const squashed = (text: string): string => text.replace(/\s+/g, ' ').trim();
  return new RegExp(asPattern(squashed(line), '.*')).test(squashed(output));
}

/** The numbers around the port of a page: WinNAT has the port and those around it, and the next one is free. */
function around(port: number): number[] {
  return [port, port - 31, port + 68, port + 69];
}

/** The command after which WinNAT has the port of a page, as the page tells. */
export function takePort(port: number): string {
  return `win-port-reservation simulate winnat ${port - 31} 100`;
}

/** Moves the port of a page, with the block around it, to another place. */
export function moved(text: string, from: number, to: number): string {
  const places = around(to);
  return around(from).reduce(
    (changed, number, index) => changed.replace(new RegExp(`\\b${number}\\b`, 'g'), String(places[index])),
    text,
  );
}
