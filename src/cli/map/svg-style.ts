// SPDX-License-Identifier: MIT
import type { PortCategory } from './port-picture.js';

type Part = PortCategory | 'none' | 'page' | 'ink';

/** Colors that readers with any color vision can tell apart, on both backgrounds: the hues of Okabe and Ito. */
const light: Readonly<Record<Part, string>> = {
  page: '#ffffff',
  ink: '#24292f',
  none: '#ffffff',
  free: '#e4e8ed',
  dynamic: '#bcd6ee',
  guest: '#cc79a7',
  reserved: '#d55e00',
  'in-use': '#24292f',
  administered: '#e6b800',
  persistent: '#009e73',
};

const dark: Readonly<Record<Part, string>> = {
  page: '#0d1117',
  ink: '#e6edf3',
  none: '#0d1117',
  free: '#252c35',
  dynamic: '#1d4065',
  guest: '#cc79a7',
  reserved: '#e0701f',
  'in-use': '#ffffff',
  administered: '#f0d040',
  persistent: '#1fc795',
};

export const svgStyle = [
  'text{font:12px system-ui,"Segoe UI","DejaVu Sans",sans-serif}',
  '.head{font-size:16px;font-weight:600}',
  '.number{text-anchor:end}',
  '.tick{stroke-width:1}',
  fills(light),
  `@media (prefers-color-scheme:dark){${fills(dark)}}`,
].join('');

function fills(colors: Readonly<Record<Part, string>>): string {
  const { ink, ...others } = colors;
  const rules = Object.entries(others).map(([part, color]) => `.${part}{fill:${color}}`);
  return [`text{fill:${ink}}`, `.tick{stroke:${ink}}`, ...rules].join('');
}
