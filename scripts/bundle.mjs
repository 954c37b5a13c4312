// SPDX-License-Identifier: MIT
// Bundles the modules that index.ts imports into one file, dist/core.js, and those of the command line into another,
// dist/command-line.js. Each module then has re-exports from there in its place. Importing thirty small files takes eight
// times as long as importing one, and on Windows a virus scanner reads each file. Modules that are imported only when
// needed stay as they are. Runs after tsc, on its output.
//
// With the maps beside them and --enable-source-maps, stacks name the source files; the other files have the names of their
// sources. The maps hold no source text, which would be larger than the package's code.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, transform } from 'esbuild';

const dist = path.resolve(import.meta.dirname, '../dist');
const src = path.resolve(import.meta.dirname, '../src');
const target = 'node20';

/** Keeps `import()` unchanged, relative to dist/, where a compiled file has the same place as its source in src/. */
const keepLazyImports = {
  name: 'keep-lazy-imports',
  setup({ onResolve, initialOptions: { absWorkingDir: root } }) {
    onResolve({ filter: /^\.{1,2}\// }, ({ kind, path: specifier, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined;
      return { external: true, path: `./${slashes(path.relative(root, path.resolve(resolveDir, specifier)))}` };
    });
  },
};

/** Imports the modules of another bundle from there. */
const importFrom = (bundles) => ({
  name: 'import-from-bundles',
  setup({ onResolve, onLoad, initialOptions: { absWorkingDir: root } }) {
    onResolve({ filter: /^\.{1,2}\// }, ({ path: specifier, resolveDir, namespace }) => {
      if (namespace === 'bundled') return { external: true, path: specifier };
      const file = slashes(path.relative(root, path.resolve(resolveDir, specifier)));
      return bundles.some(({ names }) => names.has(file)) ? { namespace: 'bundled', path: file } : undefined;
    });
    onLoad({ filter: /.*/, namespace: 'bundled' }, ({ path: file }) => {
      const { into, names } = bundles.find((each) => each.names.has(file));
      const rename = (inBundle, name) => `${inBundle} as ${name}`;
      return { contents: exportLine(file, names.get(file), `./${into}`, rename), resolveDir: root };
    });
  },
});

const slashes = (file) => file.split(path.sep).join('/');

function bundle(root, { plugins = [], ...options }) {
  const format = { bundle: true, format: 'esm', platform: 'node', target, packages: 'external' };
  return build({
    ...format,
    ...options,
    absWorkingDir: root,
    outdir: dist,
    plugins: [keepLazyImports, ...plugins],
    write: false,
    metafile: true,
  });
}

/** Lists the modules that are loaded with the entry, relative to dist/. */
async function modulesOf(entry) {
  const { metafile } = await bundle(dist, { entryPoints: [entry] });
  const modules = Object.keys(metafile.inputs);
  if (modules.includes('core.js')) throw new Error('dist/ is already bundled: run tsc first');
  const lost = modules.filter((file) => file.includes('/') && /\bimport\.meta\b/.test(read(file)));
  if (lost.length > 0) throw new Error(`${lost.join(', ')}: import.meta would be that of the bundle`);
  return modules;
}

const read = (file) => readFileSync(path.join(dist, file), 'utf8');

async function exportsOf(file) {
  return Object.keys(await import(pathToFileURL(path.join(dist, file)).href));
}

/** Returns a name that no other module uses. */
const nameInBundle = (file, name) => `${file.slice(0, -'.js'.length).replace(/\W/g, '_')}$${name}`;

function exportLine(file, names, from, rename) {
  return `export { ${names.map((name) => rename(nameInBundle(file, name), name)).join(', ')} } from '${from}';\n`;
}

/** Returns the path by which a module, which may be in a folder, imports a file at the top of dist/. */
const topFrom = (file, into) => `${'../'.repeat(file.split('/').length - 1) || './'}${into}`;

/**
 * Restores the names of classes. esbuild writes `var A = class _A { ... }` for a class that refers to itself, and
 * consoles and stacks would show `_A`. A space in place of the `_` keeps the columns of the source map right.
 */
function keepClassNames(code) {
  const renamed = [...code.matchAll(/\bvar (\w+) = class _\1\b/g)].map(([, name]) => name);
  if (renamed.length === 0) return code;
  return code.replace(new RegExp(`(?<![\\w$])_(?=(?:${renamed.join('|')})(?![\\w$]))`, 'g'), ' ');
}

/** Writes one bundle, which imports the modules of the bundles before it from there. */
async function writeBundle({ into, names }, before) {
  // A module without exports exists for its side effects or its types.
  const entry = [...names].map(([file, own]) =>
    own.length === 0
      ? `import './${file}';\n`
      : exportLine(file, own, `./${file}`, (inBundle, name) => `${name} as ${inBundle}`),
  );
  const stdin = { contents: entry.join(''), resolveDir: src, sourcefile: 'modules of the start', loader: 'ts' };
  // Remove the white space and restore it: esbuild removes the comments, which are longer than the code, in no other way.
  const { outputFiles } = await bundle(src, {
    stdin,
    plugins: [importFrom(before)],
    minifyWhitespace: true,
    sourcemap: 'inline',
    sourcesContent: false,
  });
  const { code, map } = await transform(outputFiles[0].text, {
    target,
    banner: '// SPDX-License-Identifier: MIT',
    sourcemap: 'external',
    sourcesContent: false,
    sourcefile: into,
  });
  writeFileSync(path.join(dist, into), `${keepClassNames(code)}//# sourceMappingURL=${into}.map\n`);
  writeFileSync(path.join(dist, `${into}.map`), map);
  console.log(`dist/${into}: ${names.size} modules, ${code.length} bytes`);
}

function writeReExports({ into, names }) {
  for (const [file, own] of names) {
    const rename = (inBundle, name) => `${inBundle} as ${name}`;
    const line = own.length === 0 ? 'export {};\n' : exportLine(file, own, topFrom(file, into), rename);
    writeFileSync(path.join(dist, file), `// SPDX-License-Identifier: MIT\n${line}`);
  }
}

const bundles = [];
for (const [into, entry] of [
  ['core.js', 'index.js'],
  ['command-line.js', 'cli/run.js'],
]) {
  const own = (await modulesOf(entry)).filter((file) => bundles.every(({ names }) => !names.has(file)));
  const names = new Map();
  for (const file of own) names.set(file, await exportsOf(file));
  bundles.push({ into, names });
}
// Write them when all are known, because each is read from what tsc has written.
for (const [index, each] of bundles.entries()) await writeBundle(each, bundles.slice(0, index));
for (const each of bundles) writeReExports(each);

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
