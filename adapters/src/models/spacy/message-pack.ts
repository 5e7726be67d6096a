import { HeddleError } from '@heddle/core';

/** A value in a MessagePack file. Integers beyond the safe range are bigints; maps may have keys of any type. */
export type Packed = null | boolean | number | bigint | string | Uint8Array | readonly Packed[] | PackedMap;
export type PackedMap = ReadonlyMap<Packed, Packed>;

/** The value if it is a text, otherwise an empty text. */
export const packedText = (value: Packed | undefined): string => (typeof value === 'string' ? value : '');

/** The most levels of nesting. No model file has more, and deeper nesting would exhaust the stack. */
const deepest = 64;
const text = new TextDecoder('utf-8', { fatal: true });

/** Reads a MessagePack file without extension types. Errors: `model_file_invalid`. */
export function readMessagePack(bytes: Uint8Array): Packed {
  const reader = new Reader(bytes);
  const value = reader.value(0);
  if (reader.at !== bytes.length) throw broken('there is text after its end');
  return value;
}

const broken = (reason: string): HeddleError =>
  new HeddleError('model_file_invalid', `The file is not MessagePack: ${reason}. Fetch it again.`);

class Reader {
  at = 0;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  value(depth: number): Packed {
    if (depth > deepest) throw broken('it is nested too deeply');
    const type = this.unsigned(1);
    if (type < 0x80) return type;
    if (type < 0x90) return this.map(type & 15, depth);
    if (type < 0xa0) return this.list(type & 15, depth);
    if (type < 0xc0) return this.text(type & 31);
    if (type >= 0xe0) return type - 256;
    switch (type) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xca:
        return this.view.getFloat32(this.skip(4));
      case 0xcb:
        return this.view.getFloat64(this.skip(8));
      case 0xcf:
        return this.view.getBigUint64(this.skip(8));
      case 0xd3:
        return this.view.getBigInt64(this.skip(8));
      default:
        return this.sized(type, depth);
    }
  }

  /** Reads a value whose length is in the next 1, 2 or 4 bytes. */
  private sized(type: number, depth: number): Packed {
    if (type >= 0xc4 && type <= 0xc6) return this.take(this.unsigned(1 << (type - 0xc4)));
    if (type >= 0xcc && type <= 0xce) return this.unsigned(1 << (type - 0xcc));
    if (type === 0xd0) return this.view.getInt8(this.skip(1));
    if (type === 0xd1) return this.view.getInt16(this.skip(2));
    if (type === 0xd2) return this.view.getInt32(this.skip(4));
    if (type >= 0xd9 && type <= 0xdb) return this.text(this.unsigned(1 << (type - 0xd9)));
    if (type === 0xdc || type === 0xdd) return this.list(this.unsigned(type === 0xdc ? 2 : 4), depth);
    if (type === 0xde || type === 0xdf) return this.map(this.unsigned(type === 0xde ? 2 : 4), depth);
    throw broken(`it has the unknown type ${type}`);
  }

  private skip(count: number): number {
    const from = this.at;
    if (from + count > this.bytes.length) throw broken('it ends too early');
    this.at += count;
    return from;
  }

  private unsigned(size: number): number {
    const from = this.skip(size);
    return size === 1 ? this.view.getUint8(from) : size === 2 ? this.view.getUint16(from) : this.view.getUint32(from);
  }

  private take(count: number): Uint8Array {
    const from = this.skip(count);
    return this.bytes.subarray(from, from + count);
  }

  private text(count: number): string {
    try {
      return text.decode(this.take(count));
    } catch (cause) {
      if (cause instanceof HeddleError) throw cause;
      throw broken('a text in it is not UTF-8');
    }
  }

  private list(count: number, depth: number): readonly Packed[] {
    const items: Packed[] = [];
    for (let index = 0; index < count; index += 1) items.push(this.value(depth + 1));
    return items;
  }

  private map(count: number, depth: number): PackedMap {
    const entries = new Map<Packed, Packed>();
    for (let index = 0; index < count; index += 1) {
      const key = this.value(depth + 1);
      // Different writers store the same key as text or as bytes.
      entries.set(key instanceof Uint8Array ? text.decode(key) : key, this.value(depth + 1));
    }
    return entries;
  }
}
