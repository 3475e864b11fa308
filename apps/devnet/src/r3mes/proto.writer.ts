/**
 * The protobuf wire format, as far as CometBFT's block types need it.
 * Proto3's rule holds for every field: a zero or empty one is left out. What gogoproto calls non-nullable is written
 * with `always`, even when it is empty.
 * Source: protobuf.dev/programming-guides/encoding.
 */
export class ProtoWriter {
  private readonly chunks: Buffer[] = [];

  /** int32, int64, uint64 and enums. A negative number takes ten bytes, as the format wants. */
  varint(field: number, value: bigint | number): this {
    const number = BigInt(value);
    if (number === 0n) return this;
    this.chunks.push(encodeVarint(BigInt(field << 3)), encodeVarint(BigInt.asUintN(64, number)));
    return this;
  }

  /** sfixed64, little endian. */
  fixed64(field: number, value: bigint | number): this {
    const number = BigInt(value);
    if (number === 0n) return this;
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(number);
    this.chunks.push(encodeVarint(BigInt((field << 3) | 1)), bytes);
    return this;
  }

  /** bytes and string; a string is written as UTF-8. */
  bytes(field: number, value: Uint8Array | string): this {
    const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
    return bytes.length === 0 ? this : this.always(field, bytes);
  }

  /** An embedded message that is written even when it is empty, and so each element of a repeated field. */
  always(field: number, message: Uint8Array): this {
    this.chunks.push(
      encodeVarint(BigInt((field << 3) | 2)),
      encodeVarint(BigInt(message.length)),
      Buffer.from(message),
    );
    return this;
  }

  finish(): Buffer {
    return Buffer.concat(this.chunks);
  }
}

export function proto(): ProtoWriter {
  return new ProtoWriter();
}

/** The message behind its own length, as CometBFT signs and stores it. */
export function lengthDelimited(message: Uint8Array): Buffer {
  return Buffer.concat([encodeVarint(BigInt(message.length)), message]);
}

function encodeVarint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}
