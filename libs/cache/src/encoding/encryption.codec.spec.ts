import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { CacheError } from '../errors.js';
import { Encryption, type EncryptionKey } from './encryption.codec.js';

const ENTRY_KEY = 'user:credits:r3mes1abc';
const oldKey: EncryptionKey = { id: '2025', key: randomBytes(32) };
const newKey: EncryptionKey = { id: '2026', key: randomBytes(32).toString('base64') };
const body = Buffer.from('{"credits":42}');

describe('Encryption', () => {
  it('gives back every body under the key of its entry', () => {
    const encryption = new Encryption({ keys: [newKey] });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5_000 }), fc.string(), (bytes, entryKey) => {
        const plain = Buffer.from(bytes);
        expect(encryption.decrypt(encryption.encrypt(plain, entryKey), entryKey)?.equals(plain)).toBe(true);
      }),
    );
  });

  it('hides the body, and never says the same twice', () => {
    const encryption = new Encryption({ keys: [newKey] });
    const first = encryption.encrypt(body, ENTRY_KEY);
    expect(first.includes('credits')).toBe(false);
    expect(first.equals(encryption.encrypt(body, ENTRY_KEY))).toBe(false);
  });

  it('gives nothing for a value that was moved to another entry', () => {
    const encryption = new Encryption({ keys: [newKey] });
    expect(encryption.decrypt(encryption.encrypt(body, ENTRY_KEY), 'user:credits:r3mes1abd')).toBeNull();
  });

  it('gives nothing when any single bit was changed, or any tail is missing', () => {
    const encryption = new Encryption({ keys: [newKey] });
    const bytes = encryption.encrypt(body, ENTRY_KEY);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const tampered = Buffer.from(bytes);
      tampered[bit >> 3]! ^= 1 << (bit & 7);
      expect(encryption.decrypt(tampered, ENTRY_KEY)).toBeNull();
    }
    for (let length = 0; length < bytes.length; length += 1) {
      expect(encryption.decrypt(bytes.subarray(0, length), ENTRY_KEY)).toBeNull();
    }
  });

  it('gives nothing for garbage, and does not throw', () => {
    const encryption = new Encryption({ keys: [newKey] });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(encryption.decrypt(Buffer.from(bytes), ENTRY_KEY)).toBeNull();
        expect(
          encryption.decrypt(Buffer.concat([Buffer.from([1, 4]), Buffer.from('2026'), bytes]), ENTRY_KEY),
        ).toBeNull();
      }),
    );
  });

  it('reads what an older key wrote, and writes with the current one', () => {
    const before = new Encryption({ keys: [oldKey] });
    const rotated = new Encryption({ keys: [newKey, oldKey] });
    const after = new Encryption({ keys: [newKey] });
    const written = before.encrypt(body, ENTRY_KEY);
    expect(rotated.decrypt(written, ENTRY_KEY)).toEqual(body);
    expect(after.decrypt(rotated.encrypt(body, ENTRY_KEY), ENTRY_KEY)).toEqual(body);
    expect(after.decrypt(written, ENTRY_KEY)).toBeNull();
  });

  it('gives nothing when another key goes by the same id', () => {
    const stranger = new Encryption({ keys: [{ id: oldKey.id, key: randomBytes(32) }] });
    expect(stranger.decrypt(new Encryption({ keys: [oldKey] }).encrypt(body, ENTRY_KEY), ENTRY_KEY)).toBeNull();
  });

  it('takes ids of up to 255 bytes in any script', () => {
    const encryption = new Encryption({ keys: [{ id: 'ş'.repeat(127), key: randomBytes(32) }] });
    expect(encryption.decrypt(encryption.encrypt(body, ENTRY_KEY), ENTRY_KEY)).toEqual(body);
  });

  it.each<[string, readonly EncryptionKey[], RegExp]>([
    ['no key', [], /at least one key/],
    ['16 bytes', [{ id: 'short', key: randomBytes(16) }], /"short" has 16 bytes: AES-256 needs 32/],
    ['64 hex digits', [{ id: 'hex', key: randomBytes(32).toString('hex') }], /"hex" has 48 bytes/],
    ['an empty id', [{ id: '', key: randomBytes(32) }], /1 to 255 bytes/],
    ['a long id', [{ id: 'x'.repeat(256), key: randomBytes(32) }], /1 to 255 bytes/],
    ['one id twice', [oldKey, { id: '2025', key: randomBytes(32) }], /two encryption keys have the id "2025"/],
  ])('refuses %s at construction', (_what, keys, message) => {
    expect(() => new Encryption({ keys })).toThrow(CacheError);
    expect(() => new Encryption({ keys })).toThrow(message);
  });

  it('shows no key in an error or when it is printed', async () => {
    const { inspect } = await import('node:util');
    const secret = randomBytes(31).toString('base64');
    expect(() => new Encryption({ keys: [{ id: 'a', key: secret }] })).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining(secret) as string }),
    );
    expect(inspect(new Encryption({ keys: [newKey] }), { depth: 9, showHidden: true })).not.toContain(newKey.key);
  });
});
