import type { Redis } from 'ioredis';

interface StreamFollower {
  onBody(body: string): void;
  /** Called when the connection was lost: entries may be missing. */
  onLoss(): void;
}

interface Followed {
  readonly followers: Set<StreamFollower>;
  lastId: string;
}

/** How long one request waits for entries, in milliseconds. */
const blockMs = 2_000;
/** The largest number of entries of a stream in one reply. */
const mostAtOnce = 200;

/**
 * Reads all streams that this process follows on one connection. A separate wake stream interrupts its request when there is a new stream
 * to follow.
 */
export class StreamReader {
  private readonly streams = new Map<string, Followed>();
  private isReading = false;
  private isClosed = false;

  constructor(
    private readonly reading: Redis,
    private readonly writing: Redis,
    private readonly wakeKey: string,
  ) {}

  follow(key: string, follower: StreamFollower): () => void {
    const known = this.streams.get(key);
    // A later follower first gets the entries that are still in the stream; they are read again from the beginning for it alone.
    if (known === undefined) this.streams.set(key, { followers: new Set([follower]), lastId: '0-0' });
    else void this.catchUp(key, known, follower);
    this.read();
    return () => {
      const { followers } = this.streams.get(key) ?? { followers: undefined };
      followers?.delete(follower);
      if (followers?.size === 0) this.streams.delete(key);
    };
  }

  close(): void {
    this.isClosed = true;
    this.streams.clear();
    this.reading.disconnect();
  }

  /** Sends the earlier entries to a new follower, which then continues with the others at the entry that they read last. */
  private async catchUp(key: string, known: Followed, follower: StreamFollower): Promise<void> {
    known.followers.add(follower);
    const { lastId } = known;
    if (lastId === '0-0') return;
    // New entries could arrive before the earlier ones, so the follower also gets a gap and reads the journal.
    try {
      const entries = await this.writing.xrange(key, '-', lastId);
      if (!known.followers.has(follower)) return;
      for (const [, fields] of entries) follower.onBody(fields[1] ?? '');
    } catch {
      // Redis is unreachable; the journal has the entries too.
    }
    follower.onLoss();
  }

  private read(): void {
    if (!this.isReading) void this.readOn();
    else
      void this.writing
        .pipeline()
        .xadd(this.wakeKey, 'MAXLEN', '1', '*', 'b', '')
        .expire(this.wakeKey, 600)
        .exec()
        .catch(() => undefined); // Redis is unreachable: the pending request ends with an error
  }

  private async readOn(): Promise<void> {
    this.isReading = true;
    // From the beginning, so that no wake between two requests is missed.
    let wakeId = '0-0';
    while (this.streams.size > 0 && !this.isClosed) {
      try {
        wakeId = await this.readOnce(wakeId);
      } catch {
        if (this.isClosed) break;
        await new Promise((resolve) => setTimeout(resolve, 200));
        for (const { followers } of this.streams.values()) for (const follower of followers) follower.onLoss();
      }
    }
    this.isReading = false;
    if (!this.isClosed) void this.writing.del(this.wakeKey).catch(() => undefined);
  }

  private async readOnce(wakeId: string): Promise<string> {
    const keys = [...this.streams.keys()];
    const ids = keys.map((key) => this.streams.get(key)?.lastId ?? '$');
    const answer = await this.reading.xread(
      ...(['COUNT', mostAtOnce, 'BLOCK', blockMs, 'STREAMS', this.wakeKey, ...keys, wakeId, ...ids] as const),
    );
    let next = wakeId;
    for (const [key, entries] of answer ?? []) {
      const stream = this.streams.get(key);
      for (const [id, fields] of entries) {
        if (key === this.wakeKey) next = id;
        if (stream === undefined) continue;
        stream.lastId = id;
        for (const follower of stream.followers) follower.onBody(fields[1] ?? '');
      }
    }
    return next;
  }
}
