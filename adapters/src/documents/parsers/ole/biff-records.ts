/** A record of a workbook stream; a record with continuation records has several parts. */
interface BiffRecord {
  readonly type: number;
  readonly parts: readonly Buffer[];
  readonly offset: number;
}

const continues = 0x3c;

/** Yields the records of a workbook stream from an offset. A record that claims to be longer than the rest ends the stream. */
export function* biffRecords(stream: Buffer, from = 0): Generator<BiffRecord> {
  let open: { type: number; parts: Buffer[]; offset: number } | undefined;
  for (let at = from; at + 4 <= stream.length;) {
    const type = stream.readUInt16LE(at);
    const length = stream.readUInt16LE(at + 2);
    const part = stream.subarray(at + 4, Math.min(at + 4 + length, stream.length));
    if (type === continues && open !== undefined) open.parts.push(part);
    else {
      if (open !== undefined) yield open;
      open = { type, parts: [part], offset: at };
    }
    at += 4 + length;
  }
  if (open !== undefined) yield open;
}

/** Reads strings that may continue in the next part, where a byte states the width of their characters again. */
export class BiffStrings {
  private readonly parts: readonly Buffer[];
  private part = 0;
  private at = 0;

  constructor(parts: readonly Buffer[], at = 0) {
    this.parts = parts;
    this.at = at;
  }

  get isEnd(): boolean {
    return (
      this.part >= this.parts.length ||
      (this.part === this.parts.length - 1 && this.at >= (this.parts[this.part]?.length ?? 0))
    );
  }

  /** Reads a string whose length precedes it in `lengthBytes` bytes. */
  next(lengthBytes: 1 | 2): string {
    const length = lengthBytes === 1 ? this.byte() : this.word();
    let flags = this.byte();
    const runs = (flags & 8) === 0 ? 0 : this.word();
    const extra = (flags & 4) === 0 ? 0 : this.word() + this.word() * 65_536;
    const pieces: string[] = [];
    for (let left = length; left > 0;) {
      const part = this.parts[this.part];
      if (part === undefined) break;
      const width = (flags & 1) === 0 ? 1 : 2;
      const count = Math.min(left, Math.floor((part.length - this.at) / width));
      pieces.push(part.toString(width === 1 ? 'latin1' : 'utf16le', this.at, this.at + count * width));
      this.at += count * width;
      left -= count;
      if (left === 0) break;
      this.part += 1;
      this.at = 0;
      if (this.part >= this.parts.length) break;
      flags = this.byte();
    }
    this.skip(runs * 4 + extra);
    return pieces.join('');
  }

  private byte(): number {
    this.settle();
    const value = this.parts[this.part]?.[this.at] ?? 0;
    this.at += 1;
    return value;
  }

  private word(): number {
    return this.byte() + this.byte() * 256;
  }

  private skip(count: number): void {
    let left = count;
    while (left > 0 && this.part < this.parts.length) {
      this.settle();
      const step = Math.min(left, (this.parts[this.part]?.length ?? 0) - this.at);
      if (step <= 0) return;
      this.at += step;
      left -= step;
    }
  }

  /** Moves to the next part when this one is used up. */
  private settle(): void {
    while (this.part < this.parts.length && this.at >= (this.parts[this.part]?.length ?? 0)) {
      this.part += 1;
      this.at = 0;
    }
  }
}
