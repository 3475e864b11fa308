/** The WebSocket address of a CometBFT node, whichever of its addresses is given (`http`, `https`, `tcp`, `ws`, `wss`). */
export function websocketUrl(address: string): string {
  const url = new URL(address.replace(/^tcp:/, 'http:'));
  const scheme = url.protocol === 'https:' || url.protocol === 'wss:' ? 'wss' : 'ws';
  const path = url.pathname.replace(/\/+$/, '').replace(/\/websocket$/, '');
  const user = url.username === '' ? '' : `${url.username}:${url.password}@`;
  return `${scheme}://${user}${url.host}${path}/websocket${url.search}`;
}

/** The host of an address, for messages: what stands before and behind it may hold a key. */
export function hostOf(address: string): string {
  return new URL(address.replace(/^tcp:/, 'http:')).host;
}
