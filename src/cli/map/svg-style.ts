// SPDX-License-Identifier: MIT
import type { PortCategory } from './port-picture.js';

type Part = PortCategory | 'page' | 'ink' | 'quiet' | 'ring';

/** Colors that readers with any color vision can tell apart, on both backgrounds: the hues of Okabe and Ito. */
export const light: Readonly<Record<Part, string>> = {
  page: '#ffffff',
  ink: '#1f2328',
  quiet: '#59636e',
  ring: '#0b57d0',
  free: '#e6eaef',
  dynamic: '#cfe3f5',
  guest: '#d58cb5',
  reserved: '#d55e00',
  'in-use': '#1f2328',
  administered: '#f0c419',
  persistent: '#22b58c',
};

export const dark: Readonly<Record<Part, string>> = {
  page: '#0d1117',
  ink: '#e6edf3',
  quiet: '#9198a1',
  ring: '#8ab4f8',
  free: '#232a33',
  dynamic: '#1c3a5a',
  guest: '#cc79a7',
  reserved: '#e5762a',
  'in-use': '#ffffff',
  administered: '#f0d040',
  persistent: '#1fc795',
};

/** The lines over the color of a category, on a tile of 8 by 8: no two categories differ in color alone. */
const textures: Partial<Record<PortCategory, string>> = {
  administered: 'M-1 5L5 -1M-1 9L9 -1M3 9L9 3M-1 1L1 -1M7 9L9 7',
  persistent: 'M0 1.5h8M0 5.5h8',
  guest: 'M1.5 0v8M5.5 0v8',
  dynamic: 'M1 6h1M5 2h1',
};

export const svgPatterns = [
  '<defs>',
  ...Object.entries(textures).map(
    ([category, d]) =>
      `<pattern id="texture-${category}" width="8" height="8" patternUnits="userSpaceOnUse">` +
      `<rect class="color-${category}" width="8" height="8"/><path class="texture texture-${category}" d="${d}"/></pattern>`,
  ),
  '</defs>',
].join('');

/** The rules that do not depend on the colors. */
const rules = [
  'text{font:13px system-ui,"Segoe UI",Roboto,Arial,"DejaVu Sans",sans-serif}',
  '.head{font-size:20px;font-weight:600}',
  '.strong{font-weight:600}',
  '.label{font-size:11px}',
  '.number{text-anchor:end;font-variant-numeric:tabular-nums}',
  '.letter{font-size:9px;font-weight:700;text-anchor:middle;fill:#1f2328;paint-order:stroke;stroke-width:3px}',
  '.strip{font-size:11px;text-anchor:middle;paint-order:stroke;stroke-width:5px;stroke-linejoin:round}',
  '.callout{font-size:13px;font-weight:700;paint-order:stroke;stroke-width:4px;stroke-linejoin:round}',
  '.ring,.halo{fill:none;stroke-width:2.5}',
  '.halo{stroke-width:6}',
  '.texture{stroke:#1f2328;stroke-opacity:.55;fill:none}',
  '.grid{stroke-width:1;fill:none}',
  ...Object.keys(textures).map((category) => `.${category}{fill:url(#texture-${category})}`),
].join('');

/** Printing takes the light colors: a page for dark screens would print black. */
export const svgStyle = [
  rules,
  colorRules(light),
  `@media screen and (prefers-color-scheme:dark){${colorRules(dark)}}`,
].join('');

function colorRules({ page, ink, quiet, ring, ...categoryColors }: Readonly<Record<Part, string>>): string {
  const fills = Object.entries(categoryColors).map(([category, color]) => {
    const fill = category in textures ? `.color-${category}{fill:${color}}` : `.${category}{fill:${color}}`;
    // The letter on the texture keeps the plain color around it.
    return `${fill}.on-${category}{stroke:${color}}`;
  });
  return [
    `.page{fill:${page}}`,
    `text{fill:${ink}}`,
    `.quiet{fill:${quiet}}`,
    `.grid,.halo,.callout{stroke:${page}}`,
    `.ring{stroke:${ring}}`,
    `.texture-dynamic{stroke:${quiet}}`,
    `.on-in-use{fill:${page}}`,
    `.on-free,.on-dynamic{fill:${ink}}`,
    '.on-guest,.on-reserved,.on-administered,.on-persistent{fill:#1f2328}',
    ...fills,
  ].join('');
}
