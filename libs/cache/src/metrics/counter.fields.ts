import type {
  Comparison,
  DecodeFault,
  FillRefusal,
  InvalidationKind,
  InvalidationStatus,
  StaleReason,
  Tier,
  WarmOutcome,
} from '../events.js';

export const TIERS = ['L1', 'L2', 'STALE', 'MISS'] as const satisfies readonly Tier[];
export const STALE_REASONS = ['error', 'timeout', 'overload'] as const satisfies readonly StaleReason[];
export const FILL_REFUSALS = [
  'lease',
  'full',
  'too-large',
  'invalidated',
  'store-down',
] as const satisfies readonly FillRefusal[];
export const DECODE_FAULTS = ['garbage', 'schema', 'decrypt'] as const satisfies readonly DecodeFault[];
export const COMPARISONS = [
  'agree',
  'aged',
  'mismatch',
  'overtaken',
  'failed',
] as const satisfies readonly Comparison[];
export const WARM_OUTCOMES = ['warmed', 'failed', 'skipped', 'used'] as const satisfies readonly WarmOutcome[];
export const INVALIDATION_KINDS = [
  'key',
  'tag',
  'pattern',
  'namespace',
  'all',
] as const satisfies readonly InvalidationKind[];
export const INVALIDATION_STATUSES = ['applied', 'queued'] as const satisfies readonly InvalidationStatus[];
export const FLUSH_REASONS = ['sequence', 'reconnect', 'silence', 'clear'] as const;
export const STORE_OPERATIONS = [
  'read',
  'lease',
  'fill',
  'release',
  'renew',
  'set',
  'invalidate',
  'inspect',
  'outbox',
  'other',
] as const;

/** Where in an array of counters a name stands. */
type Index<Name extends string> = Readonly<Record<Name, number>>;

const names: string[] = [];

/** Gives each of the names a place of its own behind those that were given before. */
function places<Name extends string>(prefix: string, of: readonly Name[]): Index<Name> {
  const index = {} as Record<Name, number>;
  for (const name of of) index[name] = names.push(prefix + name) - 1;
  return index;
}

/** What is counted of an entry, by its place: one array of numbers is added, subtracted and sent as a whole. */
export const FIELD = {
  answers: places('answers:', TIERS),
  timedMs: places('timed-ms:', TIERS),
  timedWeight: places('timed-weight:', TIERS),
  stale: places('stale:', STALE_REASONS),
  refused: places('refused:', FILL_REFUSALS),
  decode: places('decode:', DECODE_FAULTS),
  compared: places('compared:', COMPARISONS),
  warmed: places('warmed:', WARM_OUTCOMES),
  invalidated: places('invalidated:', INVALIDATION_STATUSES),
  single: places('', [
    'coalesced',
    'loads',
    'loadMs',
    'loadFailures',
    'fills',
    'fillBodyBytes',
    'fillStoredBytes',
    'mismatchAgeMs',
  ]),
} as const;
export const ENTRY_FIELDS = names.length;

names.length = 0;
/** What is counted of the process as a whole. */
export const PROCESS_FIELD = {
  applied: places('applied:', INVALIDATION_KINDS),
  queued: places('queued:', INVALIDATION_KINDS),
  flushes: places('flushes:', FLUSH_REASONS),
  faults: places('faults:', STORE_OPERATIONS),
  single: places('', ['invalidationMs', 'received', 'storeLost', 'breakerOpened']),
} as const;
export const PROCESS_FIELDS = names.length;
