import { randomUUID } from 'node:crypto';
import { isWallet } from './wallet.derivation.js';
import type { ChainEvent, TxResult } from './cometbft.types.js';

export const denom = 'uremes';

/** What a transaction may do. Amounts are whole numbers in decimal, in `uremes` for transfers. */
export type TxMessage =
  | { readonly kind: 'change-credits'; readonly wallet: string; readonly amount: string }
  | { readonly kind: 'transfer'; readonly from: string; readonly to: string; readonly amount: string }
  | { readonly kind: 'register-miner'; readonly miner: string }
  | { readonly kind: 'submit-gradient'; readonly miner: string; readonly accepted: boolean };

export interface Tx {
  /** Makes two otherwise equal transactions differ. */
  readonly memo: string;
  readonly messages: readonly TxMessage[];
}

const codespace = 'remes';
const gasPerMessage = 65_000n;

/** A transaction's bytes: JSON. */
export function encodeTx(messages: readonly TxMessage[], memo: string = randomUUID()): Buffer {
  return Buffer.from(JSON.stringify({ memo, messages } satisfies Tx), 'utf8');
}

/** What CheckTx and the block say of a transaction (base64): code 0 and its events, or code 2 and why it is refused. */
export function executeTx(tx: string): TxResult {
  try {
    const { messages } = decodeTx(tx);
    const events = messages.flatMap((message, index) => eventsOf(message, index));
    return result(0, '', BigInt(messages.length) * gasPerMessage, events);
  } catch (error) {
    return result(2, (error as Error).message, 0n, []);
  }
}

export function decodeTx(tx: string): Tx {
  const value: unknown = JSON.parse(Buffer.from(tx, 'base64').toString('utf8'));
  const { memo, messages } = (value ?? {}) as Partial<Tx>;
  if (typeof memo !== 'string' || !Array.isArray(messages) || messages.length === 0) {
    throw new Error('a transaction is {memo, messages: [one or more]}');
  }
  return { memo, messages: messages as readonly TxMessage[] };
}

function eventsOf(message: TxMessage, index: number): ChainEvent[] {
  const emit = (type: string, attributes: Record<string, string>): ChainEvent =>
    chainEvent(type, { ...attributes, msg_index: String(index) });
  const action = (sender: string): ChainEvent =>
    emit('message', { action: `/remes.remes.v1.${message.kind}`, sender, module: codespace });
  switch (message.kind) {
    case 'change-credits': {
      const wallet = walletOf(message.wallet);
      return [action(wallet), emit('remes.credits_changed', { wallet, amount: wholeNumber(message.amount, true) })];
    }
    case 'transfer': {
      const [sender, recipient] = [walletOf(message.from), walletOf(message.to)];
      const amount = `${wholeNumber(message.amount, false)}${denom}`;
      return [action(sender), emit('transfer', { recipient, sender, amount })];
    }
    case 'register-miner': {
      const miner = walletOf(message.miner);
      return [action(miner), emit('remes.miner_registered', { miner })];
    }
    case 'submit-gradient': {
      const miner = walletOf(message.miner);
      return [
        action(miner),
        emit('remes.gradient_submitted', { miner, accepted: message.accepted ? 'true' : 'false' }),
      ];
    }
    default:
      throw new Error(`unknown message kind ${JSON.stringify((message as { kind?: unknown } | null)?.kind)}`);
  }
}

export function chainEvent(type: string, attributes: Record<string, string>): ChainEvent {
  return { type, attributes: Object.entries(attributes).map(([key, value]) => ({ key, value, index: true })) };
}

function result(code: number, log: string, gasUsed: bigint, events: readonly ChainEvent[]): TxResult {
  return {
    code,
    data: null,
    log,
    info: '',
    gas_wanted: gasUsed.toString(),
    gas_used: gasUsed.toString(),
    events,
    codespace: code === 0 ? '' : codespace,
  };
}

function walletOf(value: unknown): string {
  if (!isWallet(value))
    throw new Error(`invalid address ${JSON.stringify(value)}: a bech32 address with prefix remes is wanted`);
  return value;
}

function wholeNumber(value: unknown, signed: boolean): string {
  const pattern = signed ? /^-?[1-9]\d{0,29}$/ : /^[1-9]\d{0,29}$/;
  if (typeof value !== 'string' || !pattern.test(value)) throw new Error(`invalid amount ${JSON.stringify(value)}`);
  return value;
}
