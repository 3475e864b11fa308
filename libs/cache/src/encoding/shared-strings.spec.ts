import fc from 'fast-check';
import { freezeDeep } from './json-value.js';
import { SharedStrings } from './shared-strings.js';

describe('texts that come again', () => {
  it('are the same text, or unknown', () => {
    const strings = new SharedStrings();
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 200 }), { maxLength: 50 }), (texts) => {
        for (const text of texts) expect([null, text]).toContain(strings.find(text));
      }),
    );
    strings.find('USD Coin');
    expect(strings.find('USD Coin')).toBe('USD Coin');
  });

  it('change no value, which is frozen all the same, and none is measured as less than it may come to hold alone', () => {
    const strings = new SharedStrings();
    const token = {
      name: 'USD Coin',
      symbol: 'USDC',
      tags: ['stable', 'usd', ['deep']],
      decimals: 6,
      ['__proto__']: 'x',
    };
    const texts = [1, 2].map((balance) =>
      JSON.stringify({ tokens: [{ ...token, balance }, token], note: 'x'.repeat(500) }),
    );
    const [first, second] = texts.map((text) => JSON.parse(text) as { tokens: object[] });
    const alone = freezeDeep(JSON.parse(texts[1]!));
    const sizes = [freezeDeep(first, strings), freezeDeep(second, strings)];
    expect(JSON.stringify(first)).toBe(texts[0]);
    expect(JSON.stringify(second)).toBe(texts[1]);
    expect(Object.isFrozen(second) && Object.isFrozen(second!.tokens) && Object.isFrozen(second!.tokens[0])).toBe(true);
    // As if nobody else held them: whoever does may let go of them.
    expect(sizes[1]).toBe(alone);
  });

  it('are only measured where a value is frozen already', () => {
    const strings = new SharedStrings();
    const value = JSON.parse('{"name":"USD Coin","list":["USD Coin"]}') as unknown;
    freezeDeep(value);
    expect(() => freezeDeep(value, strings)).not.toThrow();
    expect(value).toEqual({ name: 'USD Coin', list: ['USD Coin'] });
  });
});
