// SPDX-License-Identifier: MIT
// Bundles the modules that index.ts imports into one file, dist/core.js, and replaces each module with re-exports from
// there. Importing thirty small files takes eight times as long as importing one, and on Windows a virus scanner reads
// each file. Modules that are imported only when needed stay as they are. Runs after tsc, on its output.
//
// With dist/core.js.map and --enable-source-maps, stacks name the source files; the other files have the names of their
// sources. The map holds no source text, which would be larger than the package's code.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, transform } from 'esbuild';

const dist = path.resolve(import.meta.dirname, '../dist');
const src = path.resolve(import.meta.dirname, '../src');
const core = 'core.js';
const target = 'node20';

/** Keeps `import()` unchanged, relative to dist/, where a compiled file has the same place as its source in src/. */
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

/** Lists the modules that a program loads when it imports the package, relative to dist/. */
async function modulesOfStart() {
  const { metafile } = await bundle(dist, { entryPoints: ['index.js'] });
  const modules = Object.keys(metafile.inputs);
  if (modules.includes(core)) throw new Error('dist/ is already bundled: run tsc first');
  const lost = modules.filter((file) => file.includes('/') && /\bimport\.meta\b/.test(read(file)));
  if (lost.length > 0) throw new Error(`${lost.join(', ')}: import.meta would be that of dist/${core}`);
  return modules;
}

const read = (file) => readFileSync(path.join(dist, file), 'utf8');

async function exportsOf(file) {
  return Object.keys(await import(pathToFileURL(path.join(dist, file)).href));
}

/** Returns a name that no other module uses. */
const nameInCore = (file, name) => `${file.slice(0, -'.js'.length).replace(/\W/g, '_')}$${name}`;

function exportLine(file, names, from, rename) {
  return `export { ${names.map((name) => rename(nameInCore(file, name), name)).join(', ')} } from '${from}';\n`;
}

/** Returns the path by which a module, which may be in a folder, imports core.js. */
const coreFrom = (file) => `${'../'.repeat(file.split('/').length - 1) || './'}${core}`;

/**
 * Restores the names of classes. esbuild writes `var A = class _A { ... }` for a class that refers to itself, and
 * consoles and stacks would show `_A`. A space in place of the `_` keeps the columns of the source map right.
 */
function keepClassNames(code) {
  const renamed = [...code.matchAll(/\bvar (\w+) = class _\1\b/g)].map(([, name]) => name);
  return code.replace(new RegExp(`(?<![\\w$])_(?=(?:${renamed.join('|')})(?![\\w$]))`, 'g'), ' ');
}

const modules = await modulesOfStart();
const names = new Map();
for (const file of modules) names.set(file, await exportsOf(file));
// A module without exports exists for its side effects or its types.
const entry = [...names].map(([file, own]) =>
  own.length === 0
    ? `import './${file}';\n`
    : exportLine(file, own, `./${file}`, (inCore, name) => `${name} as ${inCore}`),
);
const stdin = { contents: entry.join(''), resolveDir: src, sourcefile: 'modules of the start', loader: 'ts' };
// Remove the white space and restore it: esbuild removes the comments, which are longer than the code, in no other way.
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

// The parts of the page of `map --html`, which its code reads from beside itself. A browser gets them without comments.
const page = 'cli/map/page';
await build({
  absWorkingDir: src,
  entryPoints: [`${page}/map-page.js`, `${page}/map-page.css`],
  outdir: path.join(dist, page),
  minifyWhitespace: true,
  target: ['es2022', 'chrome109', 'firefox115', 'safari16'],
  charset: 'utf8',
  logLevel: 'warning',
});
