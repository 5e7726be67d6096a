import type { GuardedWrite, Tables } from '@heddle/core';
import { isDone } from '../sql/is-done.js';
import type { EndClocks } from './end-clocks.js';
import { hashToken, newId, newToken } from './secret-token.js';

/** A sign-in that lasts: its token is in a browser, its hash is here. */
export interface StoredSession {
  readonly id: string;
  readonly userId: string;
  /** Whether its cookie travels over TLS only. */
  readonly isSecure: boolean;
  readonly createdAt: number;
  readonly seenAt: number;
  readonly rotatedAt: number;
  readonly agent: string;
}

/** A session with its token, which cannot be read again. */
interface NewSession {
  readonly token: string;
  readonly session: StoredSession;
}

interface Row {
  readonly id: string;
  readonly user_id: string;
  readonly is_secure: number;
  readonly created_at: number;
  readonly seen_at: number;
  readonly rotated_at: number;
  readonly agent: string;
}

export interface SessionLimits {
  /** Milliseconds without a request after which a session ends. */
  readonly idleMs: number;
  /** Milliseconds after its sign-in at which it ends in any case. */
  readonly longestMs: number;
}

/** The token before the last rotation is good for a while: requests may be on their way. */
const graceMs = 60_000;
/** A time so far ahead was written by a clock that was set wrong. */
const wrongMs = 86_400_000;
/** How often a session's last use is written down. */
const seenEveryMs = 60_000;

/** The browser in which a session begins. */
interface SessionBrowser {
  readonly isSecure: boolean;
  readonly agent: string;
}

/** Sessions: random tokens, hashed at rest, rotated, revocable, with an idle and an absolute end. */
export class SessionStore {
  /** Changes, for the operations that make them. */
  readonly write: SessionWrites;

  constructor(
    private readonly tables: Tables,
    private readonly clocks: EndClocks,
    private readonly limits: SessionLimits,
  ) {
    this.write = new SessionWrites(clocks.clock);
  }

  /** Begins a session. */
  async begin(userId: string, browser: SessionBrowser): Promise<NewSession> {
    const { writes, ...begun } = this.write.begin(userId, browser);
    await this.tables.note(writes);
    return begun;
  }

  /** The living session of a token; `ended` for one that was good once. */
  async find(token: string): Promise<StoredSession | 'ended' | undefined> {
    const now = this.clocks.clock.now();
    const row = await this.tables.get<Row>(
      'SELECT * FROM sessions WHERE hash = @hash OR (previous_hash = @hash AND rotated_at > @since)',
      { hash: hashToken(token), since: now - graceMs },
    );
    if (row === undefined) return undefined;
    const session = fromRow(row);
    if (this.isOver(session, now)) {
      // A clock that jumped ahead for a while ends nothing for good.
      if (this.isOver(session, this.clocks.trusted.now())) await this.tables.note(this.write.end(session.id));
      return 'ended';
    }
    if (now - session.seenAt > seenEveryMs)
      await this.tables.note([
        { sql: 'UPDATE sessions SET seen_at = @now WHERE id = @id', values: { now, id: session.id } },
      ]);
    return session;
  }

  /** Whether a session goes on. Asking is no use of it, so that an open page does not keep it alive. */
  async isAlive(id: string): Promise<boolean> {
    const row = await this.tables.get<Row>('SELECT * FROM sessions WHERE id = @id', { id });
    return row !== undefined && !this.isOver(fromRow(row), this.clocks.clock.now());
  }

  /**
   * Replaces the token of a session as it was read; the old one is valid for another minute. Undefined where another request was quicker: two
   * rotations at once would leave the old token no time.
   */
  async rotate({ id, rotatedAt }: Pick<StoredSession, 'id' | 'rotatedAt'>): Promise<string | undefined> {
    const token = newToken('hs');
    const write: GuardedWrite = {
      sql: 'UPDATE sessions SET previous_hash = hash, hash = @hash, rotated_at = @now WHERE id = @id AND rotated_at = @rotatedAt',
      values: { hash: hashToken(token), now: this.clocks.clock.now(), id, rotatedAt },
      rows: 1,
    };
    return (await isDone(this.tables.note([write]))) ? token : undefined;
  }

  async list(userId: string): Promise<readonly StoredSession[]> {
    const sql = 'SELECT * FROM sessions WHERE user_id = @userId ORDER BY seen_at DESC, id';
    return (await this.tables.all<Row>(sql, { userId })).map(fromRow);
  }

  async end(id: string): Promise<void> {
    await this.tables.note(this.write.end(id));
  }

  /** One that was begun or used at a time more than a day ahead is over too: a clock that was set wrong would make it last. */
  private isOver({ seenAt, createdAt }: StoredSession, now: number): boolean {
    if (Math.max(seenAt, createdAt) - now > wrongMs) return true;
    return now - seenAt > this.limits.idleMs || now - createdAt > this.limits.longestMs;
  }
}

/** Changes of sessions as data. */
class SessionWrites {
  constructor(private readonly clock: EndClocks['clock']) {}

  begin(
    userId: string,
    { isSecure, agent }: SessionBrowser,
  ): NewSession & { readonly writes: readonly GuardedWrite[] } {
    const token = newToken('hs');
    const now = this.clock.now();
    const session: StoredSession = {
      id: newId('s'),
      userId,
      isSecure,
      createdAt: now,
      seenAt: now,
      rotatedAt: now,
      agent: agent.slice(0, 200),
    };
    const write: GuardedWrite = {
      sql: `INSERT INTO sessions (id, hash, user_id, is_secure, created_at, seen_at, rotated_at, agent)
        VALUES (@id, @hash, @userId, @isSecure, @now, @now, @now, @agent)`,
      values: { id: session.id, hash: hashToken(token), userId, isSecure: isSecure ? 1 : 0, now, agent: session.agent },
    };
    return { token, session, writes: [write] };
  }

  end(id: string): readonly GuardedWrite[] {
    return [{ sql: 'DELETE FROM sessions WHERE id = @id', values: { id } }];
  }

  /** Ends the sessions of a user, except the one that is named. */
  endAll(userId: string, but = ''): readonly GuardedWrite[] {
    return [{ sql: 'DELETE FROM sessions WHERE user_id = @userId AND id <> @but', values: { userId, but } }];
  }

  /** Ends every session. */
  endEverybody(): readonly GuardedWrite[] {
    return [{ sql: 'DELETE FROM sessions', values: {} }];
  }
}

function fromRow(row: Row): StoredSession {
  return {
    id: row.id,
    userId: row.user_id,
    isSecure: row.is_secure === 1,
    createdAt: row.created_at,
    seenAt: row.seen_at,
    rotatedAt: row.rotated_at,
    agent: row.agent,
  };
}
