import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TopologyName } from './topology.js';

/** Where the library's package lies. */
export const LIBRARY = fileURLToPath(new URL('../../libs/cache', import.meta.url));
const MUTANTS_DIR = fileURLToPath(new URL('../../.cache/mutants', import.meta.url));

interface Patch {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** The library with one mechanism of the protocol taken out: the checker must notice. */
export interface Mutant {
  readonly name: string;
  readonly removes: string;
  /** Where the mechanism is needed. Default: a single Redis. */
  readonly topology?: TopologyName;
  readonly patches: readonly Patch[];
}

const FILL = 'redis/scripts/fill.script.js';
/** Where a connection asks for the identity: at its beginning, and behind each read. */
const PREPARE_ASKS = "redis.info('replication'),\n            redis.time(),\n            ...SCRIPTS";
const READ_ASKS = "redis.info('replication'),\n            redis.time(),\n        ]";

/** A second line: where one identity comes back, everything is invalidated. */
const RETURNED_IS_KNOWN: Patch = {
  file: 'read/known.identities.js',
  find: 'if (isFirst || includes(this.earlier, identity))',
  replace: 'if (isFirst || includes(this.earlier, identity) || includes(this.deposed, identity))',
};

const FILL_NEEDS_OWN_LEASE: Patch = {
  file: FILL,
  find: "if not lease or string.sub(lease, 1, -2) ~= own then return {'refused', 0} end",
  replace: "if not lease then lease = own .. '-' end",
};
const FILL_STAMPS_WITH_WHAT_IS_PRESENT: Patch = {
  file: FILL,
  find: `if stamp and string.sub(own, 17) == stamp and identityIs(ARGV[1]) then
  local done = redis.pcall('SET', KEYS[1], ARGV[3], 'PX', ARGV[4])`,
  replace: `if stamp then
  local done = redis.pcall('SET', KEYS[1], string.sub(ARGV[3], 1, 20) .. stamp .. string.sub(ARGV[3], 21 + #stamp), 'PX', ARGV[4])`,
};

export const MUTANTS: readonly Mutant[] = [
  { name: 'no-lease', removes: 'a fill needs the lease of its key', patches: [FILL_NEEDS_OWN_LEASE] },
  {
    name: 'lease-by-process-name',
    removes: 'a lease is fresh for each load: its token is the same for all loads of a process',
    patches: [
      {
        file: 'redis/key.steps.js',
        find: 'randomBytes(TOKEN_BYTES),',
        replace: 'Buffer.alloc(TOKEN_BYTES, String(process.pid)),',
      },
    ],
  },
  {
    name: 'stamp-after-load',
    removes: 'the stamp is what stood before the source was read',
    patches: [FILL_STAMPS_WITH_WHAT_IS_PRESENT],
  },
  {
    name: 'versions-from-zero',
    removes: 'a missing version is minted at random',
    patches: [
      {
        file: 'redis/scripts/script.js',
        find: 'version = string.sub(random, i * 8 + 1, i * 8 + 8)',
        replace: "version = '00000000'",
      },
    ],
  },
  {
    name: 'ttl-from-insertion',
    removes: 'S counts from before the read was sent: it counts from when the answer was kept',
    patches: [
      {
        file: 'read/l1-tier.js',
        find: 'record.askedAt = Math.floor(value.asked.q);',
        replace: 'record.askedAt = Math.floor(this.clock.now());',
      },
      {
        file: 'read/l1-tier.js',
        find: 'record.askedAt = askedAt;',
        replace: 'record.askedAt = Math.floor(this.clock.now());',
      },
    ],
  },
  {
    name: 'no-tombstones',
    removes: 'what the bus tells is remembered against reads and records',
    patches: [
      { file: 'protocol/tombstones.js', find: 'if (since < mark.at)', replace: 'if (false)' },
      { file: 'protocol/tombstones.js', find: 'if (name === own || names.includes(name))', replace: 'if (false)' },
    ],
  },
  {
    name: 'no-flush-mark',
    removes: 'after a gap nothing older is served from L1',
    patches: [{ file: 'create-cache.js', find: 'l1.flush();', replace: '' }],
  },
  {
    name: 'identity-by-run-id',
    removes:
      'the identity changes with every promotion: it is that of the process (and nobody notices that it returns)',
    patches: [
      RETURNED_IS_KNOWN,
      { file: 'outbox/outbox-relay.js', find: 'const rows = await this.outbox.recent();', replace: 'const rows = [];' },
      {
        file: 'redis/server.identity.js',
        find: "const REPLID_FIELD = 'master_replid:'",
        replace: "const REPLID_FIELD = 'run_id:'",
      },
      { file: 'redis/redis.node.js', find: PREPARE_ASKS, replace: PREPARE_ASKS.replace("'replication'", '') },
      { file: 'redis/redis.node.js', find: READ_ASKS, replace: READ_ASKS.replace("'replication'", '') },
      { file: 'redis/scripts/script.js', find: "redis.call('INFO', 'replication')", replace: "redis.call('INFO')" },
      { file: 'redis/scripts/script.js', find: "'master_replid:' .. hex", replace: "'run_id:' .. hex" },
    ],
  },
  {
    name: 'no-outbox',
    removes: 'what could not be applied, or was committed by a process that died, is applied later',
    patches: [
      {
        file: 'outbox/outbox-relay.js',
        find: 'const rows = await this.outbox.pending(BATCH);',
        replace: 'const rows = [];',
      },
    ],
  },
  {
    name: 'waiter-takes-what-it-finds',
    removes: 'who waited for a load compares the stamp of what it finds',
    patches: [
      {
        file: 'load/loading.js',
        find: 'await listener.wait(Math.min(reply.remainingMs + 1, LOOK_AGAIN_MS));',
        replace: `{
          await listener.wait(Math.min(reply.remainingMs + 1, LOOK_AGAIN_MS));
          const { decodeEnvelope } = await import('../protocol/envelope.js');
          const bytes = (await this.l2.inspect(flight))?.snapshot.envelope;
          const envelope = bytes ? decodeEnvelope(bytes) : null;
          if (envelope !== null) {
            flight.settle({ value: JSON.parse(bytes.subarray(envelope.bodyOffset).toString()), tier: 'L2', ageMs: 0, freshForMs: 1 });
            return;
          }
        }`,
      },
    ],
  },
  {
    name: 'set-with-present-versions',
    removes: 'a loaded value is filled under its lease: it is written under whatever versions are present',
    patches: [FILL_NEEDS_OWN_LEASE, FILL_STAMPS_WITH_WHAT_IS_PRESENT],
  },
  {
    name: 'no-stamp-at-read',
    removes: 'a read compares the stamp with the present versions',
    patches: [{ file: 'read/lookup.js', find: 'if (!stampMatches(', replace: 'if (false && !stampMatches(' }],
  },
  {
    name: 'no-replica-standing',
    removes: 'a master that loses a replica is not believed until the sentinels could have named another',
    topology: 'sentinel',
    patches: [
      {
        file: 'redis/redis.node.js',
        find: 'this.standing?.check(this.known.hex, text);',
        replace: '',
      },
    ],
  },
  {
    name: 'returned-master-is-known',
    removes: 'a master that was deposed and comes back as the same has missed what happened in between',
    topology: 'sentinel',
    patches: [RETURNED_IS_KNOWN],
  },
];

/** Copies the compiled library and takes the mechanism out of the copy. @returns the copy's folder */
export function makeMutant(name: string): string {
  const mutant = MUTANTS.find((one) => one.name === name);
  if (mutant === undefined) throw new Error(`there is no mutant "${name}": --list-mutants shows them`);
  const dir = `${MUTANTS_DIR}/${name}`;
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  cpSync(`${LIBRARY}/dist`, `${dir}/dist`, { recursive: true });
  cpSync(`${LIBRARY}/package.json`, `${dir}/package.json`);
  for (const { file, find, replace } of mutant.patches) {
    const path = `${dir}/dist/src/${file}`;
    const text = readFileSync(path, 'utf8');
    if (text.split(find).length !== 2)
      throw new Error(`mutant "${name}" does not fit ${file}: it must find its text exactly once`);
    writeFileSync(
      path,
      text.replace(find, () => replace),
    );
  }
  return dir;
}
