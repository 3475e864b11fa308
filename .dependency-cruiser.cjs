/**
 * Who may know whom. `npm run check:architecture` checks it; test/architecture.spec.ts shows that each rule bites.
 *
 * src is built in layers: the platform (configuration, database, …) and the catalog know no feature; a feature knows
 * both, and of another feature its module and its edge (`index.ts`). A folder of src that is not named here is a feature.
 */
const PLATFORM = '(config|database|logging|http|source)';
const CATALOG_AND_PLATFORM = '(catalog|config|database|logging|http|source)';
const CONSUMERS = '(invalidation|warming|metrics|console)';

const SPEC = '\\.spec\\.ts$';
const MODULE = '\\.module\\.ts$';
/** Where implementations are chosen. */
const WIRING = '\\.(module|providers?)\\.ts$';
/** What another folder may import of a feature. */
const EDGE = '(\\.module|/index)\\.ts$';

const LIBRARY = '^libs/cache/';
const CORE = '^libs/cache/src/(?!(nest|redis)/)';
const NEST = '(^|/)@nestjs/';
const REDIS = '(^|node_modules/)(ioredis|redis|@redis/[^/]+|cache-manager-ioredis-yet)(/|$)';
const IMPLEMENTATION = '^libs/cache/(src|testing)/.*/(memory|null|faulty|redis)[.-][^/]+\\.ts$|^libs/cache/src/redis/';
/** The package's entry points, compiled or not. */
const ENTRY = '^libs/cache/((dist/)?(src/)?((redis|nest|http|compat)/)?|(dist/)?testing/)index\\.(js|d\\.ts)$';
const REDIS_ENTRY = '^@chaincache/cache/redis$|^libs/cache/(dist/)?(src/)?redis/index\\.(js|d\\.ts)$';

/** A rule, an error when broken. */
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    rule('no-cycles', 'Modules that import each other cannot be understood apart.', {}, { circular: true }),

    rule(
      'core-without-nest',
      'The core of the library runs without Nest; src/nest/ is what joins them.',
      { path: CORE, pathNot: SPEC },
      { path: `${NEST}|^libs/cache/src/nest/` },
    ),
    rule(
      'core-without-redis',
      'The core of the library runs without Redis; src/redis/ is what joins them.',
      { path: CORE, pathNot: SPEC },
      { path: `${REDIS}|^libs/cache/src/redis/` },
    ),
    rule(
      'redis-without-nest',
      'The Redis implementations run without Nest.',
      { path: '^libs/cache/src/redis/' },
      { path: `${NEST}|^libs/cache/src/nest/` },
    ),
    rule(
      'library-without-application',
      'The library knows nothing of who uses it; its specs borrow the test servers.',
      { path: LIBRARY },
      { path: '^(src|apps|test|libs/(?!cache/))|^@chaincache/(?!cache)', pathNot: '^test/support/' },
    ),
    rule(
      'manager-knows-ports',
      'The manager and its neighbours import ports (*.port.ts), never an implementation.',
      { path: '^libs/cache/src/cache-[^/]+\\.ts$', pathNot: SPEC },
      { path: IMPLEMENTATION },
    ),
    rule(
      'store-without-manager',
      'Stores, buses and outboxes stand below the manager and never reach it.',
      { path: '^libs/cache/src/(store|bus|outbox|l1|redis)/', pathNot: SPEC },
      { path: '^libs/cache/src/cache-(manager|invalidator|warmer|metrics)\\.ts$', reachable: true },
    ),

    rule(
      'library-by-name',
      'Outside libs/cache, import @chaincache/cache, its /redis, /nest, /http, /compat or /testing, never what is inside.',
      { pathNot: LIBRARY },
      { path: [LIBRARY, '^@chaincache/cache/(?!(redis|nest|http|compat|testing)$)'], pathNot: ENTRY },
    ),
    rule(
      'devnet-by-name',
      'Outside apps/devnet, import @chaincache/devnet, never what is inside.',
      { pathNot: '^apps/devnet/' },
      { path: ['^apps/devnet/', '^@chaincache/devnet/'], pathNot: '^apps/devnet/dist/(src/)?index\\.(js|d\\.ts)$' },
    ),
    rule(
      'devnet-stands-alone',
      'The devnet knows neither the application nor the library.',
      { path: '^apps/devnet/' },
      { path: '^(src|test|libs)/|^@chaincache/(?!devnet)' },
    ),

    rule(
      'platform-without-features',
      'Configuration, database, HTTP errors, logging and the access to sources know no feature.',
      { path: `^src/${PLATFORM}/`, pathNot: SPEC },
      { path: '^src/', pathNot: `^src/${CATALOG_AND_PLATFORM}/` },
    ),
    rule(
      'catalog-without-features',
      'The catalog says what is cached; who loads it is not its business.',
      { path: '^src/catalog/', pathNot: SPEC },
      { path: '^src/', pathNot: `^src/${CATALOG_AND_PLATFORM}/` },
    ),
    rule(
      'consumers-behind-the-catalog',
      'Invalidation knows tags and events, warming the catalog, metrics the events of the library, the console metrics; all know who may look.',
      { path: `^src/${CONSUMERS}/`, pathNot: SPEC },
      { path: '^src/', pathNot: [`^src/(${CONSUMERS}|${CATALOG_AND_PLATFORM})/`, '^src/auth/index\\.ts$'] },
    ),
    rule(
      'features-without-consumers',
      'A feature raises events; it knows neither invalidation, warming, metrics nor the console.',
      { path: '^src/[^/]+/', pathNot: `^src/${CONSUMERS}/|${SPEC}` },
      { path: `^src/${CONSUMERS}/` },
    ),
    rule(
      'features-by-their-edge',
      'Of another feature, import its module or its index.ts, never what is inside.',
      { path: '^src/([^/]+)/' },
      { path: '^src/[^/]+/', pathNot: [`^src/($1|${CATALOG_AND_PLATFORM})/`, EDGE] },
    ),
    rule(
      'application-by-edges',
      'main.ts and app.module.ts put modules together.',
      { path: '^src/[^/]+\\.ts$', pathNot: SPEC },
      { path: '^src/[^/]+/', pathNot: [`^src/${CATALOG_AND_PLATFORM}/`, EDGE] },
    ),
    rule(
      'nobody-imports-the-application',
      'What starts everything is imported by nothing.',
      { path: '^src/[^/]+/', pathNot: SPEC },
      { path: '^src/[^/]+\\.ts$' },
    ),

    rule(
      'modules-import-modules',
      'A module is imported by modules.',
      { path: '^(src|libs)/', pathNot: [WIRING, SPEC, '/index\\.ts$', '^src/main\\.ts$', '^libs/cache/testing/'] },
      { path: MODULE },
    ),
    rule(
      'modules-choose-implementations',
      'Only modules, and the providers files that only they import, know which implementation stands behind a port.',
      { path: '^(src|libs/cache/src/nest)/', pathNot: [WIRING, SPEC] },
      { path: [REDIS_ENTRY, '^libs/cache/src/redis/', '\\.providers?\\.ts$'] },
    ),

    rule(
      'production-without-development-tools',
      'What runs in production imports what is installed there.',
      { path: '^(src|libs/[^/]+/src|apps/devnet/src)/', pathNot: SPEC },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm', 'npm-optional', 'npm-peer', 'type-only'] },
    ),
  ],
  options: {
    // Types count: who names another's type knows it.
    tsPreCompilationDeps: true,
    doNotFollow: { path: ['node_modules', '^libs/[^/]+/dist/', '^apps/[^/]+/dist/'] },
    exclude: { path: ['^dist', '^test/bench/', '/artifacts/'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['main', 'types'],
    },
    // Workspaces have manifests of their own, and the root's names what all of them share.
    combinedDependencies: true,
  },
};
