// SPDX-License-Identifier: MIT

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string;
}

const token =
  /<\/(?<close>[\w:-]+)>|<(?<open>[\w:-]+)(?<attributes>(?: [\w:-]+="[^"<]*")*)(?<empty>\/?)>|(?<text>[^<]+)/y;

/** Parses the XML that the package writes: elements, attributes and text. Throws if it is not well-formed. */
export function parseXml(xml: string): XmlElement {
  const document: XmlElement = { name: '', attributes: {}, children: [], text: '' };
  const open = [document];
  token.lastIndex = 0;
  while (token.lastIndex < xml.length) {
    const at = token.lastIndex;
    const parts = token.exec(xml)?.groups;
    const parent = open.at(-1);
    if (parts === undefined || parent === undefined) throw new Error(`not XML: ${xml.slice(at, at + 60)}`);
    if (parts['text'] !== undefined) {
      parent.text += decode(parts['text']);
    } else if (parts['close'] !== undefined) {
      if (parent.name !== parts['close']) throw new Error(`</${parts['close']}> closes <${parent.name}>`);
      open.pop();
    } else {
      const element = {
        name: parts['open'] ?? '',
        attributes: readAttributes(parts['attributes']),
        children: [],
        text: '',
      };
      parent.children.push(element);
      if (parts['empty'] === '') open.push(element);
    }
  }
  const [root, ...others] = document.children;
  if (root === undefined || others.length > 0 || open.length !== 1 || document.text.trim() !== '') {
    throw new Error('not one element');
  }
  return root;
}

/** Lists the element and its descendants. */
export function allElements(element: XmlElement): XmlElement[] {
  return [element, ...element.children.flatMap(allElements)];
}

function readAttributes(text = ''): Record<string, string> {
  const pairs = [...text.matchAll(/ ([\w:-]+)="([^"]*)"/g)].map(
    ([, name = '', value = '']) => [name, decode(value)] as const,
  );
  if (new Set(pairs.map(([name]) => name)).size < pairs.length) throw new Error(`an attribute twice:${text}`);
  return Object.fromEntries(pairs);
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' };

function decode(text: string): string {
  return text.replaceAll(/&(\w*;?)/g, (_, name: string) => {
    const character = entities[name.slice(0, -1)];
    if (character === undefined || !name.endsWith(';')) throw new Error(`&${name} is no entity`);
    return character;
  });
}
