// SPDX-License-Identifier: MIT
// Puts the modules that index.ts imports into one file, dist/core.js, and in the place of each what exports its names from
// there. To import thirty small files takes eight times as long as to import one, and on Windows a virus scanner looks at
// each. What is only imported when it is needed stays as it is. Runs after tsc, on what that has just written.
//
// dist/core.js.map lets stacks name the source files, with --enable-source-maps; the other files are named as their
// sources are. It holds no source text, which would be larger than all the code of the package.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, transform } from 'esbuild';

const dist = path.resolve(import.meta.dirname, '../dist');
const src = path.resolve(import.meta.dirname, '../src');
const core = 'core.js';
const target = 'node20';

/** Keeps `import()` as it is, seen from dist/, where a compiled file lies as its source does in src/. */
const keepLazyImports = (root) => ({
  name: 'keep-lazy-imports',
  setup({ onResolve }) {
    onResolve({ filter: /^\.{1,2}\// }, ({ kind, path: specifier, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined;
      return { external: true, path: `./${slashes(path.relative(root, path.resolve(resolveDir, specifier)))}` };
    });
  },
});

const slashes = (file) => file.split(path.sep).join('/');

function bundle(root, options) {
  const format = { bundle: true, format: 'esm', platform: 'node', target, packages: 'external' };
  return build({
    ...format,
    ...options,
    absWorkingDir: root,
    outdir: dist,
    plugins: [keepLazyImports(root)],
    write: false,
    metafile: true,
  });
}

/** The modules that a program loads when it imports the package, relative to dist/. */
async function modulesOfStart() {
  const { metafile } = await bundle(dist, { entryPoints: ['index.js'] });
  const modules = Object.keys(metafile.inputs);
  if (modules.includes(core)) throw new Error('dist/ is bundled already: run tsc first');
  const lost = modules.filter((file) => file.includes('/') && /\bimport\.meta\b/.test(read(file)));
  if (lost.length > 0) throw new Error(`${lost.join(', ')}: import.meta would be that of dist/${core}`);
  return modules;
}

const read = (file) => readFileSync(path.join(dist, file), 'utf8');

async function exportsOf(file) {
  return Object.keys(await import(pathToFileURL(path.join(dist, file)).href));
}

/** A name that no other module gives to anything. */
const nameInCore = (file, name) => `${file.slice(0, -'.js'.length).replace(/\W/g, '_')}$${name}`;

function exportLine(file, names, from, rename) {
  return `export { ${names.map((name) => rename(nameInCore(file, name), name)).join(', ')} } from '${from}';\n`;
}

/** core.js, as a module imports it that may lie in a folder. */
const coreFrom = (file) => `${'../'.repeat(file.split('/').length - 1) || './'}${core}`;

/**
 * Gives classes their own names back. esbuild writes `var A = class _A { ... }` for a class that mentions itself, and
 * then consoles and stacks say `_A`. A space in the place of the `_` leaves the columns of the source map right.
 */
function keepClassNames(code) {
  const renamed = [...code.matchAll(/\bvar (\w+) = class _\1\b/g)].map(([, name]) => name);
  return code.replace(new RegExp(`(?<![\\w$])_(?=(?:${renamed.join('|')})(?![\\w$]))`, 'g'), ' ');
}

const modules = await modulesOfStart();
const names = new Map();
for (const file of modules) names.set(file, await exportsOf(file));
// A module without exports is there for what it does, or for its types.
const entry = [...names].map(([file, own]) =>
  own.length === 0
    ? `import './${file}';\n`
    : exportLine(file, own, `./${file}`, (inCore, name) => `${name} as ${inCore}`),
);
const stdin = { contents: entry.join(''), resolveDir: src, sourcefile: 'modules of the start', loader: 'ts' };
// Without white space and back again: nothing else takes the comments out, which are longer than the code.
const { outputFiles } = await bundle(src, {
  stdin,
  minifyWhitespace: true,
  sourcemap: 'inline',
  sourcesContent: false,
});
const { code, map } = await transform(outputFiles[0].text, {
  target,
  banner: '// SPDX-License-Identifier: MIT',
  sourcemap: 'external',
  sourcesContent: false,
  sourcefile: core,
});
writeFileSync(path.join(dist, core), `${keepClassNames(code)}//# sourceMappingURL=${core}.map\n`);
writeFileSync(path.join(dist, `${core}.map`), map);
for (const [file, own] of names) {
  const line =
    own.length === 0 ? 'export {};\n' : exportLine(file, own, coreFrom(file), (inCore, name) => `${inCore} as ${name}`);
  writeFileSync(path.join(dist, file), `// SPDX-License-Identifier: MIT\n${line}`);
}
console.log(`dist/${core}: ${names.size} modules, ${code.length} bytes`);
