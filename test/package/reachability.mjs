// SPDX-License-Identifier: MIT
// Finds the modules of the package that its entry points reach.
import path from 'node:path';
import ts from 'typescript';
import { bundles, entryPoints } from './contents.mjs';

/**
 * Lists the modules of dist/ that neither an entry point nor its types reach. A module is its JavaScript and its types;
 * a module of types alone has JavaScript that no file imports. A module whose code is in a bundle is reached with the
 * bundle.
 *
 * @param {Record<string, any>} manifest
 * @param {string[]} files
 * @param {(file: string) => Buffer} read
 * @returns {string[]}
 */
export function unreachableModules(manifest, files, read) {
  const known = new Set(files);
  const waiting = entryPoints(manifest).map(({ file }) => file);
  const reached = new Set();
  for (let file; (file = waiting.pop()) !== undefined;) {
    if (reached.has(file) || !known.has(file)) continue;
    reached.add(file);
    if (/\.([cm]?js|d\.[cm]?ts)$/.test(file)) waiting.push(...neighbors(file, read(file).toString()));
  }
  const reachedBundles = bundles.filter((file) => reached.has(file));
  const isInBundle = (file) =>
    file.endsWith('.js') && neighbors(file, read(file).toString()).some((each) => reachedBundles.includes(each));
  for (const file of files.filter(isInBundle)) reached.add(file);
  const reachedModules = new Set([...reached].map(moduleOf));
  const modules = new Set(files.filter((file) => file.startsWith('dist/')).map(moduleOf));
  return [...modules].filter((module) => !reachedModules.has(module)).map((module) => `${module}: nothing leads to it`);
}

/** The files that a module imports, reads, starts as a worker or a child, or lets a child preload. */
function neighbors(file, text) {
  const imported = specifiersIn(ts.createSourceFile(file, text, ts.ScriptTarget.Latest));
  const started = [...text.matchAll(/new URL\(\s*'(\.[^']+\.(?:[cm]?js|css))',\s*import\.meta\.url/g)].map(
    ([, name]) => name,
  );
  return [...imported, ...started]
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => path.posix.join(path.posix.dirname(file), specifier))
    .map((target) => (/\.d\.[cm]?ts$/.test(file) ? target.replace(/\.([cm]?)js$/, '.d.$1ts') : target));
}

/** The specifiers of every import and export, also of `import()` in code and in types. */
function specifiersIn(node) {
  const specifier =
    node.moduleSpecifier ??
    (ts.isImportTypeNode(node) ? node.argument.literal : undefined) ??
    (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword ? node.arguments[0] : undefined);
  const own = specifier && ts.isStringLiteralLike(specifier) ? [specifier.text] : [];
  ts.forEachChild(node, (child) => void own.push(...specifiersIn(child)));
  return own;
}

function moduleOf(file) {
  return file.replace(/(\.d\.[cm]?ts|\.[cm]?js)(\.map)?$/, '');
}
