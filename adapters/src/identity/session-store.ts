import type { GuardedWrite, Tables } from '@heddle/core';
import { isDone } from '../sql/is-done.js';
import type { EndClocks } from './end-clocks.js';
import { hashToken, newId, newToken } from './secret-token.js';

/** A session of a signed-in user. The browser has its token; only the hash is stored. */
export interface StoredSession {
  readonly id: string;
  readonly userId: string;
  /** Whether its cookie is sent over TLS only. */
  readonly isSecure: boolean;
  readonly createdAt: number;
  readonly seenAt: number;
  readonly rotatedAt: number;
  readonly agent: string;
}

/** A new session with its token, which cannot be read again. */
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
  /** A session ends after this many milliseconds without a request. */
  readonly idleMs: number;
  /** A session ends this many milliseconds after the sign-in in any case. */
  readonly longestMs: number;
}

/** How long the previous token stays valid after a rotation, for requests that were already sent. */
const graceMs = 60_000;
/** A stored time this far in the future was written while the clock was wrong. */
const wrongMs = 86_400_000;
const seenEveryMs = 60_000;

interface SessionBrowser {
  readonly isSecure: boolean;
  readonly agent: string;
}

/** Stores sessions: random tokens, stored as hashes, rotated and revocable, with an idle limit and an absolute limit. */
export class SessionStore {
  /** The changes as statements, for commits that include other changes. */
  readonly write: SessionWrites;

  constructor(
    private readonly tables: Tables,
    private readonly clocks: EndClocks,
    private readonly limits: SessionLimits,
  ) {
    this.write = new SessionWrites(clocks.clock);
  }

  async begin(userId: string, browser: SessionBrowser): Promise<NewSession> {
    const { writes, ...begun } = this.write.begin(userId, browser);
    await this.tables.note(writes);
    return begun;
  }

  /** The active session for a token; `ended` if the session is over. */
  async find(token: string): Promise<StoredSession | 'ended' | undefined> {
    const now = this.clocks.clock.now();
    const row = await this.tables.get<Row>(
      'SELECT * FROM sessions WHERE hash = @hash OR (previous_hash = @hash AND rotated_at > @since)',
      { hash: hashToken(token), since: now - graceMs },
    );
    if (row === undefined) return undefined;
    const session = fromRow(row);
    if (this.isOver(session, now)) {
      // By the trusted clock: a clock that jumped ahead for a while deletes nothing.
      if (this.isOver(session, this.clocks.trusted.now())) await this.tables.note(this.write.end(session.id));
      return 'ended';
    }
    if (now - session.seenAt > seenEveryMs)
      await this.tables.note([
        { sql: 'UPDATE sessions SET seen_at = @now WHERE id = @id', values: { now, id: session.id } },
      ]);
    return session;
  }

  /** Whether a session is active. This check does not count as use, so an open page does not keep the session alive. */
  async isAlive(id: string): Promise<boolean> {
    const row = await this.tables.get<Row>('SELECT * FROM sessions WHERE id = @id', { id });
    return row !== undefined && !this.isOver(fromRow(row), this.clocks.clock.now());
  }

  /**
   * Replaces the token of a session that the caller has read. The old token stays valid for another minute. Returns undefined if another
   * request was quicker: a second rotation would end the old token at once.
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

  /**
   * A session that was begun or used more than a day in the future is over too: it was written while the clock was wrong, and would last
   * too long.
   */
  private isOver({ seenAt, createdAt }: StoredSession, now: number): boolean {
    if (Math.max(seenAt, createdAt) - now > wrongMs) return true;
    return now - seenAt > this.limits.idleMs || now - createdAt > this.limits.longestMs;
  }
}

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

  /** Ends all sessions of a user except the session `but`. */
  endAll(userId: string, but = ''): readonly GuardedWrite[] {
    return [{ sql: 'DELETE FROM sessions WHERE user_id = @userId AND id <> @but', values: { userId, but } }];
  }

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
