/**
 * The policies that the first tier is measured against, as small as they can be written. Each takes a request and says
 * whether it was a hit.
 */

export class Lru {
  #capacity;
  #held = new Map();
  #bytes = 0;

  /** @param capacity in the units of the sizes */
  constructor(capacity) {
    this.#capacity = capacity;
  }

  request(key, size = 1) {
    const hit = this.#held.delete(key);
    this.#held.set(key, size);
    if (!hit) this.#bytes += size;
    while (this.#bytes > this.#capacity) {
      const [oldest, itsSize] = this.#held.entries().next().value;
      this.#held.delete(oldest);
      this.#bytes -= itsSize;
    }
    return hit;
  }
}

/** SIEVE (Zhang et al., NSDI 2024). */
export class Sieve {
  #capacity;
  #held = new Map();
  #newest = null;
  #oldest = null;
  #hand = null;

  constructor(capacity) {
    this.#capacity = capacity;
  }

  request(key) {
    const present = this.#held.get(key);
    if (present !== undefined) {
      present.used = true;
      return true;
    }
    if (this.#held.size >= this.#capacity) this.#evict();
    const node = { key, used: false, newer: null, older: this.#newest };
    if (this.#newest === null) this.#oldest = node;
    else this.#newest.newer = node;
    this.#newest = node;
    this.#held.set(key, node);
    return false;
  }

  #evict() {
    let node = this.#hand ?? this.#oldest;
    while (node.used) {
      node.used = false;
      node = node.newer ?? this.#oldest;
    }
    this.#hand = node.newer;
    if (node.newer === null) this.#newest = node.older;
    else node.newer.older = node.older;
    if (node.older === null) this.#oldest = node.newer;
    else node.older.newer = node.newer;
    this.#held.delete(node.key);
  }
}

/** S3-FIFO (Yang et al., SOSP 2023): a small queue of a tenth, a main queue, and ghosts. */
export class S3Fifo {
  #capacity;
  #smallCapacity;
  #small = new Map();
  #main = new Map();
  #ghosts = new Set();

  constructor(capacity) {
    this.#capacity = capacity;
    this.#smallCapacity = Math.max(1, Math.round(capacity / 10));
  }

  request(key) {
    const present = this.#small.get(key) ?? this.#main.get(key);
    if (present !== undefined) {
      present.uses = Math.min(3, present.uses + 1);
      return true;
    }
    while (this.#small.size + this.#main.size >= this.#capacity) {
      if (this.#small.size >= this.#smallCapacity || this.#main.size === 0) this.#evictSmall();
      else this.#evictMain();
    }
    (this.#ghosts.delete(key) ? this.#main : this.#small).set(key, { uses: 0 });
    return false;
  }

  #evictSmall() {
    const [key, entry] = this.#small.entries().next().value;
    this.#small.delete(key);
    if (entry.uses > 1) {
      this.#main.set(key, { uses: 0 });
      return;
    }
    this.#ghosts.add(key);
    if (this.#ghosts.size > this.#capacity - this.#smallCapacity) this.#ghosts.delete(this.#ghosts.keys().next().value);
  }

  #evictMain() {
    for (;;) {
      const [key, entry] = this.#main.entries().next().value;
      this.#main.delete(key);
      if (entry.uses === 0) return;
      entry.uses -= 1;
      this.#main.set(key, entry);
    }
  }
}

/** ARC (Megiddo, Modha, FAST 2003). */
export class Arc {
  #capacity;
  #target = 0;
  #recent = new Set();
  #frequent = new Set();
  #recentGhosts = new Set();
  #frequentGhosts = new Set();

  constructor(capacity) {
    this.#capacity = capacity;
  }

  request(key) {
    if (this.#recent.delete(key) || this.#frequent.delete(key)) {
      this.#frequent.add(key);
      return true;
    }
    if (this.#recentGhosts.has(key)) {
      const step = Math.max(1, this.#frequentGhosts.size / this.#recentGhosts.size);
      this.#target = Math.min(this.#capacity, this.#target + step);
      this.#replace(false);
      this.#recentGhosts.delete(key);
      this.#frequent.add(key);
    } else if (this.#frequentGhosts.has(key)) {
      const step = Math.max(1, this.#recentGhosts.size / this.#frequentGhosts.size);
      this.#target = Math.max(0, this.#target - step);
      this.#replace(true);
      this.#frequentGhosts.delete(key);
      this.#frequent.add(key);
    } else {
      this.#makeRoom();
      this.#recent.add(key);
    }
    return false;
  }

  #makeRoom() {
    const recently = this.#recent.size + this.#recentGhosts.size;
    const total = recently + this.#frequent.size + this.#frequentGhosts.size;
    if (recently === this.#capacity) {
      if (this.#recent.size === this.#capacity) {
        takeOldest(this.#recent);
        return;
      }
      takeOldest(this.#recentGhosts);
      this.#replace(false);
    } else if (total >= this.#capacity) {
      if (total === 2 * this.#capacity) takeOldest(this.#frequentGhosts);
      this.#replace(false);
    }
  }

  #replace(wasFrequent) {
    const size = this.#recent.size;
    if (size > 0 && (size > this.#target || (wasFrequent && size === this.#target))) {
      this.#recentGhosts.add(takeOldest(this.#recent));
    } else {
      this.#frequentGhosts.add(takeOldest(this.#frequent));
    }
  }
}

function takeOldest(set) {
  const oldest = set.keys().next().value;
  set.delete(oldest);
  return oldest;
}

/** W-TinyLFU (Einziger, Friedman, Manes, TOS 2017) with exact counts and a window of one percent that stays so. */
export class TinyLfu {
  #capacity;
  #windowCapacity;
  #window = new Set();
  #probation = new Set();
  #protected = new Set();
  #counts = new Map();
  #requests = 0;

  constructor(capacity) {
    this.#capacity = capacity;
    this.#windowCapacity = Math.max(1, Math.round(capacity / 100));
  }

  request(key) {
    this.#count(key);
    if (this.#window.delete(key)) {
      this.#window.add(key);
      return true;
    }
    if (this.#probation.delete(key) || this.#protected.delete(key)) {
      this.#protected.add(key);
      if (this.#protected.size > (this.#capacity - this.#windowCapacity) * 0.8) {
        this.#probation.add(takeOldest(this.#protected));
      }
      return true;
    }
    this.#window.add(key);
    if (this.#window.size > this.#windowCapacity) this.#admit(takeOldest(this.#window));
    return false;
  }

  #admit(candidate) {
    const main = this.#probation.size + this.#protected.size;
    if (main >= this.#capacity - this.#windowCapacity) {
      const queue = this.#probation.size > 0 ? this.#probation : this.#protected;
      const victim = queue.keys().next().value;
      if ((this.#counts.get(candidate) ?? 0) <= (this.#counts.get(victim) ?? 0)) return;
      queue.delete(victim);
    }
    this.#probation.add(candidate);
  }

  #count(key) {
    this.#counts.set(key, Math.min(15, (this.#counts.get(key) ?? 0) + 1));
    this.#requests += 1;
    if (this.#requests < 10 * this.#capacity) return;
    this.#requests = 0;
    for (const [counted, count] of this.#counts) {
      if (count > 1) this.#counts.set(counted, count >> 1);
      else this.#counts.delete(counted);
    }
  }
}

/**
 * The hits of Belady's MIN, which knows the future and may decline to keep what it fetched: no policy has more, where all
 * sizes are equal.
 */
export function optimalHits(requests, capacity) {
  const nextUse = new Int32Array(requests.length);
  const lastSeen = new Map();
  for (let at = requests.length - 1; at >= 0; at -= 1) {
    nextUse[at] = lastSeen.get(requests[at]) ?? requests.length;
    lastSeen.set(requests[at], at);
  }
  const held = new Map();
  const farthest = new Farthest();
  let hits = 0;
  for (let at = 0; at < requests.length; at += 1) {
    const key = requests[at];
    if (held.has(key)) hits += 1;
    held.set(key, nextUse[at]);
    farthest.push(nextUse[at], key);
    while (held.size > capacity) {
      const [use, candidate] = farthest.pop();
      if (held.get(candidate) === use) held.delete(candidate);
    }
  }
  return hits;
}

/** A heap of [next use, key], the farthest first. */
class Farthest {
  #heap = [];

  push(use, key) {
    const heap = this.#heap;
    let place = heap.length;
    heap.push([use, key]);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (heap[parent][0] >= use) break;
      [heap[place], heap[parent]] = [heap[parent], heap[place]];
      place = parent;
    }
  }

  pop() {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (heap.length === 0) return top;
    heap[0] = last;
    for (let place = 0; ;) {
      let child = 2 * place + 1;
      if (child >= heap.length) return top;
      if (child + 1 < heap.length && heap[child + 1][0] > heap[child][0]) child += 1;
      if (heap[child][0] <= heap[place][0]) return top;
      [heap[place], heap[child]] = [heap[child], heap[place]];
      place = child;
    }
  }
}
