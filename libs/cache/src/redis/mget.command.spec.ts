import { Command } from 'ioredis';
import { MgetCommand } from './mget.command.js';

describe('MGET command', () => {
  it.each([
    ['short keys', ['a', 'item:0x01', '_v:*']],
    ['hundreds of keys', Array.from({ length: 400 }, (_none, index) => `_v:owner:${index}`)],
    ['keys beyond ASCII', ['item:ü', 'item:東京', 'item:🦊', 'item:a']],
    ['long keys', ['x'.repeat(1_023), 'x'.repeat(1_024), 'ü'.repeat(900)]],
  ])('sends %s as ioredis would', (_what, keys) => {
    const theirs = new Command('mget', keys, { replyEncoding: null });
    expect(new MgetCommand(keys).toWritable()).toBe(String(theirs.toWritable(process.stdout)));
  });
});
