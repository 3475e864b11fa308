import type { AppConfig } from '../../config/app.config.js';
import { AuthSecrets } from '../auth.secrets.js';
import { NonceSeal } from './nonce.seal.js';
import { refusalOf } from './payload.check.js';
import type { SignInPayload } from './sign-in.payload.js';

const NOW = Date.parse('2025-07-27T12:00:00Z');
const at = (ms: number): string => new Date(NOW + ms).toISOString();

const sealOf = (jwtSecret: string): NonceSeal => new NonceSeal(new AuthSecrets({ jwtSecret } as AppConfig));

describe('a payload', () => {
  const seal = sealOf('s'.repeat(32));
  const expected = { domain: 'r3mes.example', chainIds: [1, 8453], seal };
  const payload = seal.sealed({
    domain: 'r3mes.example',
    address: '0xa11ce',
    statement: 'Hello',
    uri: 'https://r3mes.example',
    version: '1',
    chain_id: '8453',
    issued_at: at(0),
    expiration_time: at(300_000),
    invalid_before: at(-30_000),
  });

  it.each([
    ['at once', 0],
    ['at the end of its 5 minutes', 300_000],
    ['on an instance whose clock is 30 s ahead', 330_000],
    ['on an instance whose clock is 30 s behind', -30_000],
  ])('is taken %s', (_when, ms) => {
    expect(refusalOf(payload, NOW + ms, expected)).toBeNull();
  });

  it.each([
    ['after its 5 minutes', 330_001, 'expired'],
    ['before it was issued', -30_001, 'clocks'],
  ])('is refused %s', (_when, ms, reason) => {
    expect(refusalOf(payload, NOW + ms, expected)).toContain(reason);
  });

  it.each(Object.keys(payload) as (keyof SignInPayload)[])('is refused when its %s is another', (field) => {
    expect(refusalOf({ ...payload, [field]: `${payload[field]}0` }, NOW, expected)).not.toBeNull();
  });

  it('is refused without its chain', () => {
    const { chain_id: _chain, ...rest } = payload;
    expect(refusalOf(rest, NOW, expected)).toContain('issued here');
  });

  it('is refused by whoever has another secret', () => {
    expect(refusalOf(payload, NOW, { ...expected, seal: sealOf('t'.repeat(32)) })).toContain('issued here');
  });

  it('has a nonce of its own', () => {
    expect(seal.sealed(payload).nonce).not.toBe(payload.nonce);
  });
});
