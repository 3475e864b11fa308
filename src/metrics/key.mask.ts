/** Names a key without telling whose it is: its last part is shortened, or where that is short, hidden. */
export function maskKey(key: string): string {
  const at = key.lastIndexOf(':') + 1;
  const id = key.slice(at);
  // Keys without a wallet in them, as network:stats, are words.
  if (/^[a-z]{1,12}$/.test(id)) return key;
  return key.slice(0, at) + (id.length < 16 ? '…' : `${id.slice(0, 6)}…${id.slice(-4)}`);
}
