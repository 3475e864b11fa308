/**
 * What must not compile, and what must: `tsc -b test` is the test. A line that is expected to fail and does not fails the
 * build, and so does one that is not.
 */
import type { CacheManager } from '@chaincache/cache';
import { defineEntry } from '@chaincache/cache';
import { Cached, CacheModule, InvalidateOn, Warm, type CacheRegistry } from '@chaincache/cache/nest';

interface User {
  readonly wallet: string;
  readonly credits: number;
}

class UserUpdated {
  static readonly type = 'user.updated';
  constructor(readonly wallet: string) {}
}

class BlockCreated {
  static readonly type = 'block.created';
  readonly height = 1;
}

class Nameless {
  readonly wallet = '';
}

const userInfo = defineEntry<User>()('user info', 'user:info:{wallet}');
const rank = defineEntry<number>()('rank', 'rank:{board}:{wallet}');
const height = defineEntry<number>()('block height', 'block:height');

/** What fits. */
export class Fits {
  @Cached(userInfo)
  async load(wallet: string): Promise<User> {
    return { wallet, credits: 0 };
  }

  @Cached(userInfo)
  async find(_wallet: string): Promise<User | undefined> {
    return undefined;
  }

  @Cached(userInfo)
  async ofAddress(wallet: `0x${string}`): Promise<User> {
    return { wallet, credits: 0 };
  }

  @Cached(userInfo)
  async withMore(wallet: string): Promise<User & { readonly more: boolean }> {
    return { wallet, credits: 0, more: true };
  }

  @Cached(rank)
  async rank(board: string, wallet: string): Promise<number> {
    return board.length + wallet.length;
  }

  @Cached(height)
  @Warm(height, { atStart: true, every: '10s' })
  @Warm(height, { on: BlockCreated })
  @InvalidateOn(BlockCreated, () => ['chain'])
  async height(): Promise<number> {
    return 1;
  }

  @InvalidateOn(UserUpdated)
  tags(event: UserUpdated): string[] {
    return [event.wallet];
  }

  @InvalidateOn(BlockCreated)
  async demands(event: BlockCreated): Promise<{ tags: string[]; minHeight: number }> {
    return { tags: ['chain'], minHeight: event.height };
  }

  @Warm(userInfo, { on: UserUpdated, params: (event) => [{ wallet: event.wallet }] })
  @Warm(userInfo, { every: '1m', params: async () => [{ wallet: 'a' }] })
  warmed(): void {}
}

/** Loaders of another value. */
export class WrongValues {
  // @ts-expect-error a loader returns the value of its entry
  @Cached(userInfo)
  async name(wallet: string): Promise<string> {
    return wallet;
  }

  // @ts-expect-error a property of the value is missing
  @Cached(userInfo)
  async half(wallet: string): Promise<{ wallet: string }> {
    return { wallet };
  }

  // @ts-expect-error null is a value, and not one of this entry: absent is undefined
  @Cached(userInfo)
  async nothing(_wallet: string): Promise<User | null> {
    return null;
  }

  // @ts-expect-error callers get a promise, so the loader must return one
  @Cached(height)
  height(): number {
    return 1;
  }
}

/** Loaders with other parameters than their key. */
export class WrongArguments {
  // @ts-expect-error too few
  @Cached(userInfo)
  async none(): Promise<User> {
    return { wallet: '', credits: 0 };
  }

  // @ts-expect-error too many: the key would be the same for every page
  @Cached(userInfo)
  async paged(wallet: string, page: string): Promise<User> {
    return { wallet: wallet + page, credits: 0 };
  }

  // @ts-expect-error one of two is missing
  @Cached(rank)
  async rank(board: string): Promise<number> {
    return board.length;
  }

  // @ts-expect-error not a string
  @Cached(userInfo)
  async byId(id: number): Promise<User> {
    return { wallet: String(id), credits: 0 };
  }

  // @ts-expect-error optional: a caller could leave it out
  @Cached(userInfo)
  async maybe(wallet?: string): Promise<User> {
    return { wallet: wallet ?? '', credits: 0 };
  }

  // @ts-expect-error any number of strings
  @Cached(userInfo)
  async many(...wallets: string[]): Promise<User> {
    return { wallet: wallets.join(), credits: 0 };
  }

  // @ts-expect-error a property is not a method
  @Cached(height)
  readonly field = 1;
}

/** Events. */
export class WrongEvents {
  // @ts-expect-error the event class has no static type
  @InvalidateOn(Nameless, () => ['a'])
  nameless(): void {}

  // @ts-expect-error the event has no such property
  @InvalidateOn(BlockCreated, (event) => [String(event.wallet)])
  otherProperty(): void {}

  // @ts-expect-error a tag is a text
  @InvalidateOn(BlockCreated, (event) => [event.height])
  numbers(): void {}

  // @ts-expect-error the method maps another event
  @InvalidateOn(BlockCreated)
  otherEvent(event: UserUpdated): string[] {
    return [event.wallet];
  }

  // @ts-expect-error the method does not return tags
  @InvalidateOn(BlockCreated)
  noTags(_event: BlockCreated): number {
    return 1;
  }
}

/** Warming. */
export class WrongWarming {
  // @ts-expect-error which wallets?
  @Warm(userInfo, { every: '1m' })
  whose(): void {}

  // @ts-expect-error which wallets does the event name?
  @Warm(userInfo, { on: UserUpdated })
  whoseEvent(): void {}

  // @ts-expect-error the entry's parameter is wallet
  @Warm(userInfo, { every: '1m', params: () => [{ address: 'a' }] })
  otherParameter(): void {}

  // @ts-expect-error the entry has no parameters
  @Warm(height, { every: '1m', params: () => [{ wallet: 'a' }] })
  noParameters(): void {}

  // @ts-expect-error not a duration
  @Warm(height, { every: '1 minute' })
  duration(): void {}

  // @ts-expect-error when?
  @Warm(height, {})
  never(): void {}

  // @ts-expect-error an event class has a static type
  @Warm(height, { on: Nameless })
  nameless(): void {}
}

/** The registry and the module. */
export async function usesOfTheRegistry(registry: CacheRegistry, manager: CacheManager): Promise<void> {
  const load = registry.loaderOf(userInfo);
  const user: User = await manager.getOrSet(userInfo.ref({ wallet: 'a' }), load!({ wallet: 'a' }));
  // @ts-expect-error the loader takes the parameters of its entry
  load!({ address: 'a' });
  // @ts-expect-error the loader gives the value of its entry
  await manager.getOrSet(height.ref({}), load!({ wallet: user.wallet }));
  // @ts-expect-error bytes are a number
  CacheModule.forRoot({ l1MaxBytes: '1g' });
}
