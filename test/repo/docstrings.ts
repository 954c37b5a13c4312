// SPDX-License-Identifier: MIT
// Checks that a public docstring is complete, so that an editor shows everything about a call.
import ts from 'typescript';
import { exportsOf, nameOf, publicMembers } from './public-api.js';

type Callable = ts.FunctionDeclaration | ts.MethodDeclaration | ts.ConstructorDeclaration;

export interface Documented {
  /** For instance `listen`, or `ReservationSocket.open`. */
  readonly name: string;
  readonly docstring: string;
  /** The parts that the docstring lacks. */
  readonly missing: readonly string[];
}

/** Matches a docstring that says that a call needs neither elevation nor a function of Windows. */
const asksNobody = /\bpure function\b|\bdoes not ask Windows\b/i;

/** Matches a docstring that refers to that of another method for everything. */
const sameAs = /^The same as `\w+`/;

/** Lists every exported function and class of a file, and the public methods of the classes. */
export function documentedExports(program: ts.Program, file: string): Documented[] {
  return exportsOf(program, file).flatMap(({ name, symbol }) => {
    // The first of several overloads documents all of them.
    const [declaration] = symbol.declarations ?? [];
    if (!declaration) return [];
    if (ts.isClassDeclaration(declaration)) return documentedClass(program, name, declaration);
    return ts.isFunctionDeclaration(declaration) ? [documentedCall(program, name, declaration)] : [];
  });
}

function documentedClass(program: ts.Program, name: string, declaration: ts.ClassDeclaration): Documented[] {
  const docstring = docstringOf(declaration);
  const missing = [
    ...lacking('a description', descriptionOf(declaration) !== ''),
    ...lackingTags(declaration, 'example'),
  ];
  const methods = publicMembers(declaration)
    .filter((member) => ts.isMethodDeclaration(member) || ts.isConstructorDeclaration(member))
    .filter((member, index, all) => all.findIndex((other) => nameOf(other) === nameOf(member)) === index);
  return [
    { name, docstring, missing },
    ...methods.map((method) => documentedCall(program, `${name}.${nameOf(method)}`, method)),
  ];
}

function documentedCall(program: ts.Program, name: string, declaration: Callable): Documented {
  const docstring = docstringOf(declaration);
  const description = descriptionOf(declaration);
  if (sameAs.test(description)) return { name, docstring, missing: [] };
  const missing = [...lacking('a description', description !== ''), ...lackingParameters(declaration)];
  // The class has the example.
  if (ts.isConstructorDeclaration(declaration)) return { name, docstring, missing };
  missing.push(
    ...(returnsSomething(program, declaration) ? lackingTags(declaration, 'returns') : []),
    ...lackingTags(declaration, 'throws', 'example'),
    ...(asksNobody.test(docstring)
      ? []
      : [
          ...lacking('whether it needs an elevated process', /\belevat(ed|ion)\b/i.test(docstring)),
          ...lacking('which function of Windows it "Calls"', /\bCalls\s+`/.test(docstring)),
        ]),
  );
  return { name, docstring, missing };
}

function lacking(what: string, isThere: boolean): string[] {
  return isThere ? [] : [what];
}

function lackingTags(declaration: ts.Node, ...names: string[]): string[] {
  const there = ts.getJSDocTags(declaration).map((tag) => tag.tagName.text);
  return names.filter((name) => !there.includes(name)).map((name) => `@${name}`);
}

function lackingParameters(declaration: Callable): string[] {
  return declaration.parameters
    .filter((parameter) => !ts.getJSDocParameterTags(parameter).some((tag) => textOf(tag.comment) !== ''))
    .map((parameter) => `@param ${parameter.name.getText()}`);
}

function returnsSomething(program: ts.Program, declaration: Callable): boolean {
  const checker = program.getTypeChecker();
  const returned = checker.getSignatureFromDeclaration(declaration)?.getReturnType();
  const result = returned && (checker.getAwaitedType(returned) ?? returned);
  const nothing = ts.TypeFlags.Void | ts.TypeFlags.Undefined | ts.TypeFlags.Never;
  return result !== undefined && (result.flags & nothing) === 0;
}

function docstringsOf(declaration: ts.Node): ts.JSDoc[] {
  return ts.getJSDocCommentsAndTags(declaration).filter(ts.isJSDoc);
}

/** Returns the text of a docstring in one line. */
function docstringOf(declaration: ts.Node): string {
  return docstringsOf(declaration)
    .map((docstring) => docstring.getText().replace(/\s*\n\s*\*(?: |(?=\n))?/g, ' '))
    .join(' ');
}

function descriptionOf(declaration: ts.Node): string {
  return docstringsOf(declaration)
    .map(({ comment }) => textOf(comment))
    .join(' ')
    .trim();
}

function textOf(comment: string | ts.NodeArray<ts.JSDocComment> | undefined): string {
  return ts.getTextOfJSDocComment(comment) ?? '';
}

/** Finds everything in a text that looks like an error code. */
export function errorCodesIn(text: string): string[] {
  return text.match(/\b(?:ERR|ERROR|E)_[A-Z][A-Z_]*\b|\bWSA_?[A-Z][A-Z_]+\b/g) ?? [];
}

/** Lists every docstring in the exported declarations of a file, including types and their members. */
export function allDocstrings(program: ts.Program, file: string): { readonly name: string; readonly text: string }[] {
  return exportsOf(program, file).flatMap(({ name, symbol }) =>
    (symbol.declarations ?? []).map((declaration) => {
      // The docstring of a variable is above its statement.
      const node = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
      return { name, text: (node.getFullText().match(/\/\*\*.*?\*\//gs) ?? []).join('\n') };
    }),
  );
}
