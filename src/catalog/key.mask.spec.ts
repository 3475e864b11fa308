import { maskKey } from './key.mask.js';

it.each([
  ['tokens:0x52908400098527886e0f7030069857d2e4169ee7', 'tokens:0x5290…9ee7'],
  ['user:info:remes1qqqsyqcyq5rqwzqfpg9scrgwpugpzysnq9wfmd', 'user:info:remes1…wfmd'],
  ['demo:user:info:short-name', 'demo:user:info:…'],
  ['network:stats', 'network:stats'],
  ['block:recent', 'block:recent'],
  ['secret-words-of-somebody', 'secret…body'],
  ['12345', '…'],
  ['wallet:0x52908400098527886e0f7030069857d2e4169ee7', 'wallet:0x5290…9ee7'],
  ['0x52908400098527886e0f7030069857d2e4169ee7:orders', '0x5290…9ee7:orders'],
  ['tokens:', 'tokens:'],
  ['*', '*'],
])('the key %s is shown as %s to who may not see whose it is', (key, shown) => {
  expect(maskKey(key)).toBe(shown);
});
