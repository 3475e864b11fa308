/**
 * TypeScript and ES modules become CommonJS through swc; CommonJS passes untouched.
 * Jest before Node 24.9 cannot require() an ES module, and its own ESM mode breaks on CommonJS packages that require ESM.
 */
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { createTransformer } = require('@swc/jest');

const VERSION = createHash('sha256').update(readFileSync(__filename)).digest('hex').slice(0, 16);

const options = (parser) => ({
  jsc: {
    target: 'es2022',
    parser,
    transform: {
      legacyDecorator: true,
      decoratorMetadata: true,
      useDefineForClassFields: false,
      react: { runtime: 'automatic' },
    },
  },
  module: { type: 'commonjs', importInterop: 'node' },
});
const typescript = createTransformer(options({ syntax: 'typescript', tsx: false, decorators: true }));
const tsx = createTransformer(options({ syntax: 'typescript', tsx: true, decorators: true }));
const javascript = createTransformer(options({ syntax: 'ecmascript' }));

/** An ES module: named so by its suffix, or it has an import or export statement (a look at the text is enough here). */
const isEsModule = (source, file) =>
  file.endsWith('.mjs') ||
  /^\s*(import\s*[\w{*'"]|export\s+(default|const|let|var|function|async|class|\{|\*)|export\s*\{|export\s*\*)/m.test(
    source,
  ) ||
  source.includes('import.meta');

const pick = (file) => (file.endsWith('.tsx') ? tsx : file.endsWith('.ts') ? typescript : javascript);

module.exports = {
  process(source, file, context) {
    if (/\.tsx?$/.test(file) || isEsModule(source, file)) return pick(file).process(source, file, context);
    return { code: source };
  },
  getCacheKey(source, file, context) {
    // What this file decides is part of the key, or a change here would meet results from before it.
    return VERSION + pick(file).getCacheKey(source, file, context);
  },
};
