// SPDX-License-Identifier: MIT
// Finds the subjects of the type tests: the exports and the members of exported classes that an `expectTypeOf` names.
import ts from 'typescript';

/** For instance `win-port-reservation#listen`, or `win-port-reservation#ReservationSocket.open`. */
export function testedNames(file: string, text: string): Set<string> {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const imported = importedNames(source);
  const tested = new Set<string>();
  const add = (local: string, member?: string): void => {
    const name = imported.get(local);
    if (name === undefined) return;
    tested.add(name);
    if (member !== undefined) tested.add(`${name}.${member}`);
  };
  for (const statement of source.statements) {
    const subject = ts.isExpressionStatement(statement) && subjectOf(statement.expression);
    if (subject) collect(subject, add);
  }
  return tested;
}

/** Lists the local names of a file's imports, each with its origin. */
function importedNames(source: ts.SourceFile): Map<string, string> {
  const names = new Map<string, string>();
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    const bindings = statement.importClause?.namedBindings;
    if (!bindings || !ts.isNamedImports(bindings)) continue;
    for (const { name, propertyName } of bindings.elements) {
      names.set(name.text, `${statement.moduleSpecifier.text}#${(propertyName ?? name).text}`);
    }
  }
  return names;
}

/** Finds the `expectTypeOf(...)` at the beginning of a chain of calls; the rest is the expectation. */
function subjectOf(expression: ts.Expression): ts.CallExpression | undefined {
  if (!ts.isCallExpression(expression) && !ts.isPropertyAccessExpression(expression)) return undefined;
  const { expression: inner } = expression;
  if (ts.isCallExpression(expression) && ts.isIdentifier(inner)) {
    return inner.text === 'expectTypeOf' ? expression : undefined;
  }
  return subjectOf(inner);
}

function collect(node: ts.Node, add: (local: string, member?: string) => void): void {
  if (ts.isIdentifier(node)) add(node.text);
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression))
    add(node.expression.text, node.name.text);
  if (ts.isIndexedAccessTypeNode(node)) {
    for (const member of literalsOf(node.indexType)) add(node.objectType.getText(), member);
  }
  if (ts.isTypeReferenceNode(node)) collectUtility(node, add);
  ts.forEachChild(node, (child) => {
    collect(child, add);
  });
}

/** `Pick<Class, 'member'>` and `ConstructorParameters<typeof Class>`. */
function collectUtility(node: ts.TypeReferenceNode, add: (local: string, member?: string) => void): void {
  const [subject, keys] = node.typeArguments ?? [];
  const utility = node.typeName.getText();
  if (utility === 'Pick' && subject && keys) for (const member of literalsOf(keys)) add(subject.getText(), member);
  if (utility === 'ConstructorParameters' && subject && ts.isTypeQueryNode(subject)) {
    add(subject.exprName.getText(), 'constructor');
  }
}

/** Lists the keys in a type: literals, `typeof Symbol.asyncDispose`, and unions, including named ones. */
function literalsOf(node: ts.TypeNode): string[] {
  if (ts.isUnionTypeNode(node)) return node.types.flatMap(literalsOf);
  if (ts.isLiteralTypeNode(node) && ts.isStringLiteral(node.literal)) return [node.literal.text];
  if (ts.isTypeQueryNode(node)) return [`[${node.exprName.getText()}]`];
  const named = ts.isTypeReferenceNode(node) && findAlias(node.getSourceFile(), node.typeName.getText());
  return named ? literalsOf(named.type) : [];
}

function findAlias(source: ts.SourceFile, name: string): ts.TypeAliasDeclaration | undefined {
  return source.statements.find(
    (statement): statement is ts.TypeAliasDeclaration =>
      ts.isTypeAliasDeclaration(statement) && statement.name.text === name,
  );
}
