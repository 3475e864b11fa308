/** A power of two. */
const SLOTS = 4_096;
/** Longer texts are seldom the same, and take long to compare. */
const LONGEST = 128;
const CHARACTERS_LOOKED_AT = 8;

/**
 * Texts that were seen of late: one that comes again is given back as the string that is there already. The names,
 * symbols and addresses of tokens stand in the lists of many wallets, and are more than half of what such values take.
 * Holds at most 4 096 strings of 128 characters.
 */
export class SharedStrings {
  private readonly slots = Array.from({ length: SLOTS }, () => '');

  /** The same text as it was seen before; null when it was not, or is forgotten. */
  find(text: string): string | null {
    if (text.length > LONGEST) return null;
    const slot = slotOf(text);
    const seen = this.slots[slot]!;
    if (seen === text) return seen;
    this.slots[slot] = text;
    return null;
  }
}

function slotOf(text: string): number {
  const step = Math.max(1, text.length >> 3);
  let hash = text.length;
  for (let at = text.length - 1, left = CHARACTERS_LOOKED_AT; at >= 0 && left > 0; at -= step, left -= 1) {
    hash = Math.imul(hash, 31) + text.charCodeAt(at);
  }
  return (hash ^ (hash >>> 12)) & (SLOTS - 1);
}
