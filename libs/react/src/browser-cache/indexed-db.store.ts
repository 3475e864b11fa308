import { type CopyStore, memoryCopyStore, type WalletCopy } from './copy.store.js';

interface StoredWallet {
  readonly key: string;
  readonly storedAt: number;
  readonly copy: WalletCopy;
}

const DATABASE = 'chaincache';
const WALLETS = 'wallets';
/** Raise it when the form of what is stored changes: older copies are then thrown away. */
const VERSION = 1;
const MAX_WALLETS = 20;
const MAX_AGE_MS = 24 * 60 * 60 * 1_000;

/** @param scope tells APIs apart that one page uses */
export function indexedDbCopyStore(scope: string, factory: IDBFactory | undefined = globalThis.indexedDB): CopyStore {
  if (factory === undefined) return memoryCopyStore();
  let opened: Promise<IDBDatabase> | undefined;
  const wallets = async (mode: IDBTransactionMode): Promise<IDBObjectStore> => {
    opened ??= open(factory);
    // A database that could not be opened may be free the next time.
    opened.catch(() => (opened = undefined));
    return (await opened).transaction(WALLETS, mode).objectStore(WALLETS);
  };
  const keyOf = (wallet: string): string => `${scope}|${wallet}`;
  return {
    async get(wallet) {
      try {
        const request = (await wallets('readonly')).get(keyOf(wallet)) as IDBRequest<StoredWallet | undefined>;
        const stored = await result(request);
        return stored && stored.storedAt > Date.now() - MAX_AGE_MS ? stored.copy : undefined;
      } catch {
        return undefined;
      }
    },
    async put(wallet, copy) {
      try {
        const store = await wallets('readwrite');
        await result(store.put({ key: keyOf(wallet), storedAt: Date.now(), copy } satisfies StoredWallet));
        await forgetOldest(store);
      } catch {
        // A full or forbidden database: the next visit begins with a request.
      }
    },
    async drop(wallet) {
      try {
        await result((await wallets('readwrite')).delete(keyOf(wallet)));
      } catch {
        // What cannot be deleted is not trusted either: it is only ever shown until the API has answered.
      }
    },
  };
}

function open(factory: IDBFactory): Promise<IDBDatabase> {
  const request = factory.open(DATABASE, VERSION);
  request.addEventListener('upgradeneeded', () => {
    const database = request.result;
    for (const name of [...database.objectStoreNames]) database.deleteObjectStore(name);
    database.createObjectStore(WALLETS, { keyPath: 'key' }).createIndex('storedAt', 'storedAt');
  });
  return result(request);
}

async function forgetOldest(store: IDBObjectStore): Promise<void> {
  const count = await result(store.count());
  if (count <= MAX_WALLETS) return;
  const oldest = await result(store.index('storedAt').getAllKeys(null, count - MAX_WALLETS));
  for (const key of oldest) store.delete(key);
}

function result<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('IndexedDB failed')));
  });
}
