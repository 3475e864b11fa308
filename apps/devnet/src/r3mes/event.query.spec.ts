import { parseQuery } from './event.query.js';

const events = {
  'tm.event': ['Tx'],
  'tx.height': ['42'],
  'transfer.amount': ['5uremes', '70uremes'],
  'transfer.recipient': ['remes1a', 'remes1b'],
};

it.each([
  ["tm.event='Tx'", true],
  ["tm.event = 'NewBlock'", false],
  ["tm.event='Tx' AND transfer.recipient='remes1b'", true],
  ["tm.event='Tx' AND transfer.recipient='remes1c'", false],
  ['tx.height=42', true],
  ['tx.height >= 42 AND tx.height<=42', true],
  ['tx.height > 42', false],
  ['tx.height < 42', false],
  ['transfer.amount > 69', true],
  ['transfer.amount > 70', false],
  ["transfer.recipient CONTAINS 'mes1a'", true],
  ["transfer.recipient CONTAINS 'mes1x'", false],
  ['transfer EXISTS', true],
  ['transfer.recipient EXISTS', true],
  ['burn EXISTS', false],
  ['tm EXISTS AND tx.hash EXISTS', false],
])('%s is %s', (query, expected) => {
  expect(parseQuery(query)(events)).toBe(expected);
});

it.each(['', 'tm.event', "tm.event='Tx' OR tx.height=1", "tm.event='Tx' AND", "tm.event > 'Tx'", "tm.event='Tx", '='])(
  '%j is refused',
  (query) => {
    expect(() => parseQuery(query)).toThrow('failed to parse query');
  },
);
