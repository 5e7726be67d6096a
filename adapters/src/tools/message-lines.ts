/** A line that was skipped because it was too long. `id` is set where the line is the reply to a request. */
interface OversizedLine {
  readonly id: number | undefined;
}

const kept = 256;
const lineEnd = 10;

/** Cuts a stream into lines of JSON-RPC. Holds at most `limit` bytes of a line; a longer line is skipped. */
export class MessageLines {
  private parts: Buffer[] = [];
  private size = 0;
  private head = '';
  private tail: Buffer = Buffer.alloc(0);
  private isSkipping = false;

  private readonly limit: number;
  private readonly onLine: (line: string) => void;
  private readonly onOversized: (line: OversizedLine) => void;

  constructor(limit: number, onLine: (line: string) => void, onOversized: (line: OversizedLine) => void) {
    this.limit = limit;
    this.onLine = onLine;
    this.onOversized = onOversized;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(lineEnd); end >= 0; end = chunk.indexOf(lineEnd, start)) {
      this.add(chunk.subarray(start, end));
      this.finish();
      start = end + 1;
    }
    this.add(chunk.subarray(start));
  }

  private add(part: Buffer): void {
    if (part.length === 0) return;
    if (!this.isSkipping && this.size + part.length > this.limit) {
      this.isSkipping = true;
      this.head = Buffer.concat([...this.parts, part.subarray(0, kept)]).toString('utf8', 0, kept);
      this.tail = Buffer.concat(this.parts).subarray(-kept);
      this.parts = [];
    }
    this.size += part.length;
    if (this.isSkipping) this.tail = Buffer.concat([this.tail, part.subarray(-kept)]).subarray(-kept);
    else this.parts.push(part);
  }

  private finish(): void {
    const { isSkipping, head, tail } = this;
    const line = isSkipping ? '' : Buffer.concat(this.parts).toString('utf8').trim();
    this.parts = [];
    this.size = 0;
    this.isSkipping = false;
    this.tail = Buffer.alloc(0);
    if (isSkipping) this.onOversized({ id: idOf(head, tail.toString('utf8')) });
    else if (line !== '') this.onLine(line);
  }
}

/** The id of a reply whose middle was skipped. Servers write the id first or last. */
function idOf(head: string, tail: string): number | undefined {
  const found =
    /^\s*\{\s*"jsonrpc"\s*:\s*"2\.0"\s*,\s*"id"\s*:\s*(\d{1,15})\s*,/.exec(head) ??
    /,\s*"jsonrpc"\s*:\s*"2\.0"\s*,\s*"id"\s*:\s*(\d{1,15})\s*\}\s*$/.exec(tail);
  return found === null ? undefined : Number(found[1]);
}
