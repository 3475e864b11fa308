/** Sketches from the literature, as plain as they can be, for npm run check:top-keys to compare with. */

function fnv(key) {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  return mix(hash);
}

function mix(hash) {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/**
 * HeavyKeeper (Yang, Gong, Zhang, Zou, Shi, Li: USENIX ATC 2018; Redis's TOPK): rows of fingerprint and count; who finds
 * another's fingerprint wears its count down with probability 1.08^-count. As many counters as ours has: 65 536.
 */
export class HeavyKeeper {
  #rows = Array.from({ length: 2 }, () => ({ prints: new Uint16Array(32_768), counts: new Uint32Array(32_768) }));
  #decay = Array.from({ length: 256 }, (_none, count) => 1.08 ** -count);
  #top = new Map();
  #floor = 0;
  #state = 1;

  add(_entry, key) {
    const hash = fnv(key);
    const print = ((hash >>> 16) & 0xffff) | 1;
    let largest = 0;
    for (const [row, { prints, counts }] of this.#rows.entries()) {
      const place = mix(hash + row * 0x9e3779b9) & 32_767;
      if (counts[place] === 0 || prints[place] === print) {
        prints[place] = print;
        counts[place] += 1;
        largest = Math.max(largest, counts[place]);
      } else if (this.#random() < (this.#decay[counts[place]] ?? 0)) {
        counts[place] -= 1;
        if (counts[place] === 0) {
          prints[place] = print;
          counts[place] = 1;
          largest = Math.max(largest, 1);
        }
      }
    }
    if (this.#top.has(key)) {
      if (largest > this.#top.get(key)) this.#top.set(key, largest);
    } else if (this.#top.size < 512) {
      this.#top.set(key, largest);
    } else if (largest > this.#floor) {
      this.#replaceLeast(key, largest);
    }
  }

  top(limit) {
    return topOf(this.#top, limit);
  }

  #replaceLeast(key, count) {
    let least = null;
    for (const [other, its] of this.#top) if (least === null || its < this.#top.get(least)) least = other;
    this.#floor = this.#top.get(least);
    if (count <= this.#floor) return;
    this.#top.delete(least);
    this.#top.set(key, count);
  }

  #random() {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#state / 2 ** 32;
  }
}

/**
 * Space-Saving (Metwally, Agrawal, El Abbadi: ICDT 2005): so many counters; a new key takes over the least one with its
 * count. The stream summary is a map of counts to the keys that have them, with the least count remembered.
 */
export class SpaceSaving {
  #counters;
  #counts = new Map();
  #byCount = new Map();
  #least = 1;

  constructor(counters) {
    this.#counters = counters;
  }

  add(_entry, key) {
    const count = this.#counts.get(key);
    if (count !== undefined) this.#move(key, count, count + 1);
    else if (this.#counts.size < this.#counters) this.#enter(key, 1);
    else {
      while (!this.#byCount.has(this.#least)) this.#least += 1;
      const [victim] = this.#byCount.get(this.#least);
      const least = this.#least;
      this.#leave(victim, least);
      this.#counts.delete(victim);
      this.#enter(key, least + 1);
    }
  }

  top(limit) {
    return topOf(this.#counts, limit);
  }

  #move(key, from, to) {
    this.#leave(key, from);
    this.#enter(key, to);
  }

  #enter(key, count) {
    this.#counts.set(key, count);
    if (count < this.#least) this.#least = count;
    const same = this.#byCount.get(count);
    if (same === undefined) this.#byCount.set(count, new Set([key]));
    else same.add(key);
  }

  #leave(key, count) {
    const same = this.#byCount.get(count);
    same.delete(key);
    if (same.size === 0) this.#byCount.delete(count);
  }
}

function topOf(counts, limit) {
  return [...counts]
    .sort((one, other) => other[1] - one[1])
    .slice(0, limit)
    .map(([key, count]) => ({ key, count }));
}
