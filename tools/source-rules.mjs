import ts from 'typescript';

const IMPLEMENTATION = /^(Memory|Null|Redis)\w*(Store|Bus|Outbox)$/;
const WIRING = /\.(module|providers?)\.ts$/;

/**
 * What imports alone do not show: `process.env` outside src/config, `forwardRef` anywhere, and the name of an
 * implementation of a port in a file of src that is not a module's.
 *
 * @param {string} path relative to the project, with slashes
 * @param {string} text the TypeScript source
 * @returns {{ rule: string, line: number }[]}
 */
export function sourceViolations(path, text) {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found = [];
  const visit = (node) => {
    for (const [rule, isBroken] of Object.entries(rules)) {
      if (!isBroken(node, path)) continue;
      found.push({ rule, line: source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1 });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const rules = {
  'environment-in-config': (node, path) => !path.startsWith('src/config/') && readsEnvironment(node),

  'no-forward-ref': (node) =>
    ts.isIdentifier(node) && node.text === 'forwardRef' && !ts.isPropertyAccessExpression(node.parent),

  'modules-choose-implementations': (node, path) =>
    path.startsWith('src/') &&
    !WIRING.test(path) &&
    ts.isImportSpecifier(node) &&
    IMPLEMENTATION.test((node.propertyName ?? node.name).text) &&
    isFromLibrary(node),
};

/** `process.env`, `process['env']`, `const { env } = process`, `import { env } from 'node:process'`. */
function readsEnvironment(node) {
  if (ts.isPropertyAccessExpression(node)) return isProcess(node.expression) && node.name.text === 'env';
  if (ts.isElementAccessExpression(node)) {
    return (
      isProcess(node.expression) &&
      ts.isStringLiteralLike(node.argumentExpression) &&
      node.argumentExpression.text === 'env'
    );
  }
  if (ts.isVariableDeclaration(node) && node.initializer && isProcess(node.initializer)) {
    return (
      ts.isObjectBindingPattern(node.name) &&
      node.name.elements.some((part) => (part.propertyName ?? part.name).text === 'env')
    );
  }
  return (
    ts.isImportSpecifier(node) &&
    (node.propertyName ?? node.name).text === 'env' &&
    /^(node:)?process$/.test(moduleOf(node))
  );
}

function isProcess(node) {
  return (
    (ts.isIdentifier(node) && node.text === 'process') ||
    (ts.isPropertyAccessExpression(node) && node.name.text === 'process' && node.expression.getText() === 'globalThis')
  );
}

function isFromLibrary(specifier) {
  return moduleOf(specifier).startsWith('@chaincache/cache');
}

function moduleOf(specifier) {
  return specifier.parent.parent.parent.moduleSpecifier.text;
}
