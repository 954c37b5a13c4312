// SPDX-License-Identifier: MIT
import type { PortSpan } from '../../../common/port-ranges.js';

/** A text about each port of a block; `portMark` stands for the port. */
export interface PortText extends PortSpan {
  readonly text: string;
}

/** The mark of the port in a text. No text contains it otherwise, because control characters are escaped in all of them. */
export const portMark = '\0';

/**
 * Finds texts that hold for each port of a block. The texts of the first and the last port give one text if they differ
 * only in numbers that are the port itself; the mark replaces those. Otherwise the block is halved.
 */
export function portTexts(block: PortSpan, textOf: (port: number) => string): PortText[] {
  const { startPort, endPort } = block;
  const first = textOf(startPort);
  if (startPort === endPort) return [{ ...block, text: first }];
  const text = commonText([first, startPort], [textOf(endPort), endPort]);
  if (text !== undefined) return [{ ...block, text }];
  const middle = Math.floor((startPort + endPort) / 2);
  return [
    ...portTexts({ startPort, endPort: middle }, textOf),
    ...portTexts({ startPort: middle + 1, endPort }, textOf),
  ];
}

type TextOfPort = readonly [text: string, port: number];

function commonText([one, onePort]: TextOfPort, [other, otherPort]: TextOfPort): string | undefined {
  const parts = one.split(/(\d+)/);
  const others = other.split(/(\d+)/);
  if (parts.length !== others.length) return undefined;
  const common = parts.map((part, index) => {
    if (part === others[index]) return part;
    return part === String(onePort) && others[index] === String(otherPort) ? portMark : undefined;
  });
  return common.includes(undefined) ? undefined : common.join('');
}
