export interface L1StoreOptions<R> {
  readonly maxBytes: number;
  readonly onEvict?: (key: string, record: R) => void;
}

class Node<R> {
  newer: Node<R> | null = null;
  older: Node<R> | null = null;
  used = false;

  constructor(
    readonly key: string,
    public record: R,
    public bytes: number,
  ) {}
}

/** Map slot, list node and key header, measured. */
const ENTRY_OVERHEAD_BYTES = 160;

/** The first tier's container: bounded in bytes, resistant to scans. */
export class L1Store<R> {
  readonly maxBytes: number;
  #bytes = 0;
  #newest: Node<R> | null = null;
  #oldest: Node<R> | null = null;
  #hand: Node<R> | null = null;
  readonly #nodes = new Map<string, Node<R>>();
  readonly #onEvict: ((key: string, record: R) => void) | undefined;

  constructor(options: L1StoreOptions<R>) {
    this.maxBytes = options.maxBytes;
    this.#onEvict = options.onEvict;
  }

  get entries(): number {
    return this.#nodes.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The record, marked as used. */
  get(key: string): R | undefined {
    const node = this.#nodes.get(key);
    if (node === undefined) return undefined;
    node.used = true;
    return node.record;
  }

  /** The record, without a trace. */
  peek(key: string): R | undefined {
    return this.#nodes.get(key)?.record;
  }

  /** Keeps a record; false when it is too large to be kept (what stood under the key is gone all the same). */
  set(key: string, record: R, sizeBytes: number): boolean {
    const bytes = sizeBytes + key.length + ENTRY_OVERHEAD_BYTES;
    if (bytes > this.maxBytes) {
      this.delete(key);
      return false;
    }
    const present = this.#nodes.get(key);
    if (present === undefined) {
      this.#makeRoom(bytes, null);
      this.#push(new Node(key, record, bytes));
      return true;
    }
    const replaced = present.record;
    present.record = record;
    this.#bytes += bytes - present.bytes;
    present.bytes = bytes;
    this.#onEvict?.(key, replaced);
    this.#makeRoom(0, present);
    return true;
  }

  /** Corrects the size of a record; false when it is not kept (any more). */
  resize(key: string, sizeBytes: number): boolean {
    const node = this.#nodes.get(key);
    if (node === undefined) return false;
    const bytes = sizeBytes + key.length + ENTRY_OVERHEAD_BYTES;
    if (bytes > this.maxBytes) {
      this.#evict(node);
      return false;
    }
    this.#bytes += bytes - node.bytes;
    node.bytes = bytes;
    this.#makeRoom(0, node);
    return true;
  }

  delete(key: string): R | undefined {
    const node = this.#nodes.get(key);
    if (node === undefined) return undefined;
    this.#evict(node);
    return node.record;
  }

  clear(): void {
    for (const node of this.#nodes.values()) this.#evict(node);
  }

  #makeRoom(bytes: number, spared: Node<R> | null): void {
    while (this.#bytes + bytes > this.maxBytes && this.#oldest !== null) {
      let node = this.#hand ?? this.#oldest;
      while (node.used || node === spared) {
        node.used = false;
        node = node.newer ?? this.#oldest;
      }
      this.#hand = node.newer;
      this.#evict(node);
    }
  }

  #push(node: Node<R>): void {
    node.older = this.#newest;
    if (this.#newest === null) this.#oldest = node;
    else this.#newest.newer = node;
    this.#newest = node;
    this.#nodes.set(node.key, node);
    this.#bytes += node.bytes;
  }

  #evict(node: Node<R>): void {
    if (this.#hand === node) this.#hand = node.newer;
    if (node.newer === null) this.#newest = node.older;
    else node.newer.older = node.older;
    if (node.older === null) this.#oldest = node.newer;
    else node.older.newer = node.newer;
    this.#nodes.delete(node.key);
    this.#bytes -= node.bytes;
    this.#onEvict?.(node.key, node.record);
  }
}
