// SPDX-License-Identifier: MIT
// Finds the public names of a module, as TypeScript sees them.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const repository = fileURLToPath(new URL('../../', import.meta.url));

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
}

/** Lists what programs can import, and the source that each entry was compiled from. */
export function entryPoints(): { readonly specifier: string; readonly source: string }[] {
  const manifest = JSON.parse(readFileSync(path.join(repository, 'package.json'), 'utf8')) as Manifest;
  return Object.entries(manifest.exports).flatMap(([subpath, target]) => {
    if (typeof target === 'string') return [];
    const source = target.types.replace(/^\.\/dist\//, 'src/').replace(/\.d\.ts$/, '.ts');
    return [{ specifier: path.posix.join(manifest.name, subpath), source: path.join(repository, source) }];
  });
}

const { config } = ts.readConfigFile(path.join(repository, 'tsconfig.json'), (file) => ts.sys.readFile(file)) as {
  config: unknown;
};
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, repository);
const host = ts.createCompilerHost(options, true);
const readSource = host.getSourceFile.bind(host);
const libraries = new Map<string, ts.SourceFile | undefined>();

/** Programs share the files below node_modules, which are most of them. */
host.getSourceFile = (file, ...how) => {
  if (!file.includes('/node_modules/')) return readSource(file, ...how);
  if (!libraries.has(file)) libraries.set(file, readSource(file, ...how));
  return libraries.get(file);
};

/** Makes a program of these files, compiled like the package. */
export function programOf(...files: string[]): ts.Program {
  return ts.createProgram(files, { ...options, rootDir: repository, noEmit: true }, host);
}

export interface Export {
  readonly name: string;
  readonly symbol: ts.Symbol;
}

/** Lists the exports of a file, including types, each with its declaration. */
export function exportsOf(program: ts.Program, file: string): Export[] {
  const source = program.getSourceFile(file);
  const checker = program.getTypeChecker();
  const module = source && checker.getSymbolAtLocation(source);
  // A file that exports nothing may not be a module at all.
  if (!module) return [];
  return checker.getExportsOfModule(module).map((symbol) => ({
    name: symbol.name,
    symbol: symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
  }));
}

export type Member = ts.MethodDeclaration | ts.ConstructorDeclaration | ts.AccessorDeclaration | ts.PropertyDeclaration;

/** Lists the public members of a class. */
export function publicMembers(declaration: ts.ClassDeclaration): Member[] {
  return declaration.members.filter((member): member is Member => {
    if (ts.isClassStaticBlockDeclaration(member) || ts.isSemicolonClassElement(member)) return false;
    if (ts.isIndexSignatureDeclaration(member)) return false;
    const isHidden =
      (ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private) !== 0 ||
      (member.name !== undefined && ts.isPrivateIdentifier(member.name));
    return !isHidden && !ts.getJSDocTags(member).some((tag) => tag.tagName.text === 'internal');
  });
}

/** Returns the name of a member as it is written: `close`, or `[Symbol.asyncDispose]`. */
export function nameOf(member: Member): string {
  return ts.isConstructorDeclaration(member) ? 'constructor' : member.name.getText();
}
