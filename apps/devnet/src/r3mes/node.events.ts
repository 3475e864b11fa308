import { txHash } from './block.hashing.js';
import type { StoredBlock } from './stored.block.js';
import type { ChainEvent, TxResult } from './cometbft.types.js';
import type { EventMap } from './event.query.js';

/** What a node publishes: what a query is matched against, and what a subscriber gets. */
export interface NodeEvent {
  readonly events: EventMap;
  readonly data: { readonly type: string; readonly value: unknown };
}

/** The events of a block in the order of a real node: the block, its header, each transaction. */
export function eventsOfBlock(stored: StoredBlock): NodeEvent[] {
  const { block, block_id, results, finalizeEvents } = stored;
  const result_finalize_block = {
    events: finalizeEvents,
    ...(results.length > 0 && { tx_results: results.map(withoutEmpty) }),
    validator_updates: [],
    app_hash: Buffer.from(stored.appHash, 'hex').toString('base64'),
  };
  return [
    {
      events: composite(finalizeEvents, { 'tm.event': ['NewBlock'] }),
      data: { type: 'tendermint/event/NewBlock', value: { block, block_id, result_finalize_block } },
    },
    {
      events: { 'tm.event': ['NewBlockHeader'] },
      data: { type: 'tendermint/event/NewBlockHeader', value: { header: block.header } },
    },
    ...results.map((result, index): NodeEvent => {
      const tx = block.data.txs[index]!;
      return {
        events: { ...eventMapOfTx(tx, block.header.height, result), 'tm.event': ['Tx'] },
        data: {
          type: 'tendermint/event/Tx',
          value: { TxResult: withoutEmpty({ height: block.header.height, index, tx, result: withoutEmpty(result) }) },
        },
      };
    }),
  ];
}

/** What a transaction can be found by. */
export function eventMapOfTx(tx: string, height: string, result: TxResult): EventMap {
  return composite(result.events, { 'tx.hash': [txHash(tx)], 'tx.height': [height] });
}

function composite(events: readonly ChainEvent[], own: EventMap): EventMap {
  const map: Record<string, string[]> = {};
  for (const { type, attributes } of events) {
    for (const { key, value } of attributes) (map[`${type}.${key}`] ??= []).push(value);
  }
  return { ...map, ...own };
}

/** Go leaves zeros and empty values out of the answers that it encodes with `omitempty`. */
function withoutEmpty(value: object): object {
  const isEmpty = (field: unknown): boolean =>
    field === null || field === '' || field === 0 || field === '0' || (Array.isArray(field) && field.length === 0);
  return Object.fromEntries(Object.entries(value).filter(([, field]) => !isEmpty(field)));
}
