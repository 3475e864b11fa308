import { readableDuration } from './readable.duration.js';

it.each([
  [0, '0s'],
  [59, '59s'],
  [60, '1m 0s'],
  [299, '4m 59s'],
  [3_600, '1h 0s'],
  [3_661, '1h 1m 1s'],
])('%i seconds read %s', (seconds, text) => {
  expect(readableDuration(seconds)).toBe(text);
});
