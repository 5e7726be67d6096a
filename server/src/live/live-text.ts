/** Characters of a chunk. A piece is never longer than this. */
const chunkLength = 64 * 1024;

/** A growing text in chunks of equal length, so that reading a piece of a long text does not copy all of it. */
export class LiveText {
  private chunks: string[] = [];

  get length(): number {
    const { length } = this.chunks;
    return length === 0 ? 0 : (length - 1) * chunkLength + (this.chunks[length - 1]?.length ?? 0);
  }

  /** Writes from an offset on; text after the new text is dropped. */
  write(offset: number, text: string): void {
    if (offset < this.length) this.cut(offset);
    for (let taken = 0; taken < text.length;) {
      const last = this.chunks.at(-1);
      const room = last === undefined ? 0 : chunkLength - last.length;
      const part = text.slice(taken, taken + (room === 0 ? chunkLength : room));
      if (last === undefined || room === 0) this.chunks.push(part);
      else this.chunks[this.chunks.length - 1] = last + part;
      taken += part.length;
    }
  }

  /** The text from an offset to the end of its chunk. A surrogate pair is not split if its second half is there. */
  piece(from: number): string {
    const index = Math.floor(from / chunkLength);
    const piece = this.chunks[index]?.slice(from % chunkLength) ?? '';
    return /[\uD800-\uDBFF]$/.test(piece) ? piece + (this.chunks[index + 1]?.slice(0, 1) ?? '') : piece;
  }

  private cut(offset: number): void {
    const index = Math.floor(offset / chunkLength);
    const kept = this.chunks[index]?.slice(0, offset % chunkLength) ?? '';
    this.chunks = [...this.chunks.slice(0, index), ...(kept === '' ? [] : [kept])];
  }
}
