// SPDX-License-Identifier: MIT
// Bundles the modules that are always loaded together: those of the package into dist/core.js, and those of the first socket, of the
// preload `explain`, of the command line, of the explanation of a port and of the simulated Windows. dist/questions.js has what several
// of them ask of Windows. Each module then has re-exports from there in its place, and the other modules import from the bundles.
// Importing thirty small files takes eight times as long as importing one, and on Windows a virus scanner reads each file. Runs after
// tsc, on its output.
//
// With dist/core.js.map and --enable-source-maps, stacks name the source files of the code that users call. The map holds no source
// text, which would be larger than the package's code. Maps of the other bundles would make the download a tenth larger.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, transform } from 'esbuild';

const dist = path.resolve(import.meta.dirname, '../dist');
const src = path.resolve(import.meta.dirname, '../src');
const target = 'node20';

/**
 * A bundle has the modules that its entries load, except those of the bundles before it and those outside of its folder, which
 * others load too. No entry does something when it is loaded, because a bundle is loaded for any of its modules.
 */
const plan = [
  // The preload `explain` and the help of the command line take one short module each from outside of the package's own code, and
  // are to load no second bundle for it.
  {
    into: 'core.js',
    entries: ['index.js', 'common/environment.js', 'common/installed-command.js'],
    folder: '',
    hasMap: true,
  },
  {
    into: 'sockets.js',
    entries: ['sockets/lazy/listen.js', 'sockets/lazy/bind.js', 'sockets/lazy/connect.js'],
    folder: '',
  },
  {
    into: 'questions.js',
    entries: [
      ...['common/advised-command.js', 'common/parts-of-windows.js'],
      ...['calls/is-persistent.js', 'calls/registry.js', 'calls/run-netsh.js'],
      ...['search/known-ports.js', 'search/search-windows.js'],
    ],
    folder: '',
  },
  { into: 'preload.js', entries: ['explain/errors/lazy-explanation.js'], folder: 'explain/errors/' },
  { into: 'command-line.js', entries: ['cli/run.js'], folder: 'cli/' },
  { into: 'explanation.js', entries: ['explain/explain.js', 'explain/errors/answer-errand.js'], folder: 'explain/' },
  { into: 'simulation.js', entries: ['simulator/index.js', 'simulator/shared-machine.js'], folder: 'simulator/' },
];

/**
 * Has code import each module from the bundle that it is in, and the others from their files. A module has the same place in dist/ as
 * its source in src/.
 */
const importFromBundles = (own) => ({
  name: 'import-from-bundles',
  setup({ onResolve, initialOptions: { absWorkingDir: root } }) {
    onResolve({ filter: /^\.{1,2}\// }, ({ kind, path: specifier, resolveDir }) => {
      const file = slashes(path.relative(root, path.resolve(resolveDir, specifier)));
      if (kind !== 'dynamic-import' && own.has(file)) return undefined;
      return { external: true, path: `./${bundleOf(file) ?? file}` };
    });
  },
});

/** Leaves `import()` alone: what it loads is not loaded together with the module. */
const skipLazyImports = {
  name: 'skip-lazy-imports',
  setup({ onResolve }) {
    onResolve({ filter: /^\.{1,2}\// }, ({ kind }) => (kind === 'dynamic-import' ? { external: true } : undefined));
  },
};

const bundleOf = (file) => bundles.find(({ names }) => names.has(file))?.into;

const slashes = (file) => file.split(path.sep).join('/');

function bundle(root, options) {
  const format = { bundle: true, format: 'esm', platform: 'node', target, packages: 'external' };
  return build({
    ...format,
    ...options,
    absWorkingDir: root,
    outdir: dist,
    write: false,
    metafile: true,
  });
}

/** Lists the modules of the folder that are loaded with the entries, relative to dist/. */
async function modulesOf({ entries, folder }) {
  const { metafile } = await bundle(dist, { entryPoints: entries, plugins: [skipLazyImports] });
  const modules = Object.keys(metafile.inputs).filter((file) => file.startsWith(folder));
  if (modules.includes('core.js')) throw new Error('dist/ is already bundled: run tsc first');
  const lost = modules.filter((file) => file.includes('/') && /\bimport\.meta\b/.test(read(file)));
  if (lost.length > 0) throw new Error(`${lost.join(', ')}: import.meta would be that of the bundle`);
  return modules;
}

const read = (file) => readFileSync(path.join(dist, file), 'utf8');

const exportLine = (names, from) => `export { ${names.join(', ')} } from '${from}';\n`;

/** Lists what each module exports. The bundle exports the same names, so no name may stand for two things in it. */
async function exportsOf(files, into) {
  const inBundle = new Map();
  const names = new Map();
  for (const file of files) {
    const own = Object.entries(await import(pathToFileURL(path.join(dist, file)).href));
    for (const [name, value] of own) {
      if (inBundle.has(name) && inBundle.get(name) !== value) throw new Error(`${into} would have two exports ${name}`);
      inBundle.set(name, value);
    }
    names.set(
      file,
      own.map(([name]) => name),
    );
  }
  return names;
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

async function writeBundle({ into, names, hasMap = false }) {
  const exported = new Set();
  const entry = [...names].map(([file, own]) => {
    const added = own.filter((name) => !exported.has(name));
    for (const name of added) exported.add(name);
    // A module without exports exists for its side effects or its types.
    return added.length === 0 ? `import './${file}';\n` : exportLine(added, `./${file}`);
  });
  const stdin = { contents: entry.join(''), resolveDir: src, sourcefile: 'modules of the start', loader: 'ts' };
  // Remove the white space and restore it: esbuild removes the comments, which are longer than the code, in no other way.
  const { outputFiles } = await bundle(src, {
    stdin,
    plugins: [importFromBundles(names)],
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
  const link = hasMap ? `//# sourceMappingURL=${into}.map\n` : '';
  writeFileSync(path.join(dist, into), keepClassNames(code) + link);
  if (hasMap) writeFileSync(path.join(dist, `${into}.map`), map);
  console.log(`dist/${into}: ${names.size} modules, ${code.length} bytes`);
}

function writeReExports({ into, names }) {
  for (const [file, own] of names) {
    const line = own.length === 0 ? 'export {};\n' : exportLine(own, topFrom(file, into));
    writeFileSync(path.join(dist, file), `// SPDX-License-Identifier: MIT\n${line}`);
  }
}

/** Has a module that is in no bundle import from the bundles, so that it does not load the files with the re-exports. */
function redirectImports(file) {
  const text = read(file).replaceAll(/(?<=\b(?:from |import\())'(\.[^']*)'/g, (quoted, specifier) => {
    const into = bundleOf(slashes(path.join(path.dirname(file), specifier)));
    return into === undefined ? quoted : `'${topFrom(file, into)}'`;
  });
  writeFileSync(path.join(dist, file), text);
}

const bundles = [];
for (const { into, hasMap, ...wanted } of plan) {
  const own = (await modulesOf(wanted)).filter((file) => bundles.every(({ names }) => !names.has(file)));
  bundles.push({ into, hasMap, names: await exportsOf(own, into) });
}
const others = readdirSync(dist, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.js') && file.includes(path.sep))
  .map(slashes)
  .filter((file) => bundles.every(({ names }) => !names.has(file)));
// Write them when all are known, because each is read from what tsc has written.
for (const each of bundles) await writeBundle(each);
for (const each of bundles) writeReExports(each);
for (const file of others) redirectImports(file);

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
