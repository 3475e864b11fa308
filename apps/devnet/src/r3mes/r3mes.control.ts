import { heightOf } from './stored.block.js';
import { noFaults, type ChainFaults, type ChainNode } from './chain.node.js';
import { encodeTx, type TxMessage } from './tx.execution.js';

/** What a test or a person can make the chain do. Each is there as a method and as `POST /__control/<name>`. */
export interface R3mesControl {
  /** Makes and announces blocks (default 1); returns the new height. */
  produceBlock(count?: number): number;
  /** Queues a transaction for the next block; returns its upper-case hash. Throws where the chain refuses it. */
  submit(messages: readonly TxMessage[], memo?: string): string;
  /** No new blocks until `resume`. */
  halt(): void;
  resume(): void;
  /** Cuts every WebSocket without a farewell; returns how many there were. */
  dropSockets(): number;
  /** Cuts whoever connects or asks, on the RPC and the REST port. `/__control` still answers. */
  refuse(on: boolean): void;
  /** Sockets stay open, but events are lost. */
  mute(on: boolean): void;
  /** Milliseconds before each answer and event. */
  delay(ms: number): void;
  /** Makes blocks of which only the last is announced; returns the new height. */
  jump(count: number): number;
  /** The node admits only to blocks this far below the head, and says that it is catching up. */
  lag(blocks: number): void;
  /** Ends all faults. */
  clear(): void;
  state(): { readonly height: number; readonly sockets: number; readonly faults: Readonly<ChainFaults> };
}

export function controlOf(node: ChainNode, sockets: { readonly size: number; drop(): void }): R3mesControl {
  return {
    produceBlock: (count = 1) => heightOf(node.produce(count)),
    submit(messages, memo) {
      const { hash, check } = node.ledger.submit(encodeTx(messages, memo).toString('base64'));
      if (check.code !== 0) throw new Error(check.log);
      return hash;
    },
    halt: () => node.setFaults({ halted: true }),
    resume: () => node.setFaults({ halted: false }),
    dropSockets() {
      const { size } = sockets;
      sockets.drop();
      return size;
    },
    refuse(on) {
      node.setFaults({ refusing: on });
      if (on) sockets.drop();
    },
    mute: (on) => node.setFaults({ muted: on }),
    delay: (ms) => node.setFaults({ delayMs: ms }),
    jump: (count) => heightOf(node.jump(count)),
    lag: (blocks) => node.setFaults({ lagBlocks: blocks }),
    clear: () => node.setFaults(noFaults),
    state: () => ({ height: node.height, sockets: sockets.size, faults: { ...node.faults } }),
  };
}

/**
 * One control request over HTTP: the method's name and its argument (`{"value": …}`). Answers with what the method
 * returned and the state. Throws on an unknown name or a wrong argument.
 */
export function runControl(control: R3mesControl, name: string, value: unknown): object {
  const whole = (fallback?: number): number => {
    const number = value === undefined ? fallback : value;
    if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0 || number > 10_000) {
      throw new Error(`${name} wants {"value": a whole number from 0 to 10000}.`);
    }
    return number;
  };
  const actions: Record<string, () => unknown> = {
    state: () => undefined,
    produceBlock: () => control.produceBlock(whole(1)),
    submit: () => control.submit(value as TxMessage[]),
    halt: () => control.halt(),
    resume: () => control.resume(),
    dropSockets: () => control.dropSockets(),
    refuse: () => control.refuse(value !== false),
    mute: () => control.mute(value !== false),
    delay: () => control.delay(whole()),
    jump: () => control.jump(whole()),
    lag: () => control.lag(whole()),
    clear: () => control.clear(),
  };
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action === undefined) throw new Error(`No control ${name}; there is ${Object.keys(actions).join(', ')}.`);
  return { result: action() ?? null, ...control.state() };
}
