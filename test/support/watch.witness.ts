import type { Loss, WatchedBlock, WatchedTx, WatchState } from '../../src/chain/cometbft/index.js';

/** Everything that a watch says, and a way to wait for it. */
export class Witness {
  readonly blocks: WatchedBlock[] = [];
  readonly txs: WatchedTx[] = [];
  readonly order: string[] = [];
  readonly states: WatchState[] = [];
  readonly losses: Loss[] = [];
  private readonly waiting = new Set<() => void>();

  readonly receivers = {
    onBlock: (block: WatchedBlock): void => this.note(`block ${block.height}`, this.blocks, block),
    onTx: (tx: WatchedTx): void => this.note(`tx ${tx.height}.${tx.index}`, this.txs, tx),
    onState: (state: WatchState): void => this.note(state.kind, this.states, state, false),
    onLost: (loss: Loss): void => this.note(loss.kind, this.losses, loss),
  };

  get heights(): number[] {
    return this.blocks.map(({ height }) => height);
  }

  get state(): WatchState | undefined {
    return this.states.at(-1);
  }

  async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) {
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
  }

  untilHeight(height: number): Promise<void> {
    return this.until(() => this.heights.includes(height));
  }

  untilState(kind: WatchState['kind'], after = 0): Promise<void> {
    return this.until(() => this.states.slice(after).some((state) => state.kind === kind));
  }

  private note<Item>(what: string, list: Item[], item: Item, inOrder = true): void {
    list.push(item);
    if (inOrder) this.order.push(what);
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}
