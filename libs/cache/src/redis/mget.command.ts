import { Command } from 'ioredis';

const END = '\r\n';
/** The headers of short arguments, made once. */
const HEADERS = Array.from({ length: 1_024 }, (_none, bytes) => `$${bytes}`);

/**
 * MGET of many keys. ioredis copies the arguments twice, looks at each of them by itself and lets the text grow by small
 * pieces; this puts it together in one go.
 */
export class MgetCommand extends Command {
  constructor(private readonly names: readonly string[]) {
    super('mget', [], { replyEncoding: null });
  }

  override toWritable(): string {
    const text = textOf(this.names, (name) => name.length);
    // Redis counts bytes. Nearly always they are as many as the characters, and one look at the whole tells.
    return Buffer.byteLength(text) === text.length ? text : textOf(this.names, (name) => Buffer.byteLength(name));
  }
}

function textOf(names: readonly string[], bytesOf: (name: string) => number): string {
  const parts = [`*${names.length + 1}`, '$4', 'mget'];
  for (const name of names) {
    const bytes = bytesOf(name);
    parts.push(HEADERS[bytes] ?? `$${bytes}`, name);
  }
  parts.push('');
  return parts.join(END);
}
