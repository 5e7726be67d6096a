import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';
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

/** Sessions: random tokens, hashed at rest, rotated, revocable, with an idle and an absolute end. */
export class SessionStore {
  private readonly byHash;
  private readonly see;

  constructor(
    private readonly database: HeddleDatabase,
    private readonly clocks: EndClocks,
    private readonly limits: SessionLimits,
  ) {
    this.byHash = database.connection.prepare<[string, string, number], Row>(
      'SELECT * FROM sessions WHERE hash = ? OR (previous_hash = ? AND rotated_at > ?)',
    );
    this.see = database.connection.prepare<[number, string]>('UPDATE sessions SET seen_at = ? WHERE id = ?');
  }

  /** Begins a session and returns its token, which cannot be read again. */
  begin(
    userId: string,
    options: { readonly isSecure: boolean; readonly agent: string },
  ): { readonly token: string; readonly session: StoredSession } {
    const token = newToken('hs');
    const now = this.clocks.clock.now();
    const session: StoredSession = {
      id: newId('s'),
      userId,
      isSecure: options.isSecure,
      createdAt: now,
      seenAt: now,
      rotatedAt: now,
      agent: options.agent.slice(0, 200),
    };
    this.run(
      'INSERT INTO sessions (id, hash, user_id, is_secure, created_at, seen_at, rotated_at, agent) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      session.id,
      hashToken(token),
      userId,
      session.isSecure ? 1 : 0,
      now,
      now,
      now,
      session.agent,
    );
    return { token, session };
  }

  /** The living session of a token; `ended` for one that was good once. */
  find(token: string): StoredSession | 'ended' | undefined {
    const now = this.clocks.clock.now();
    const hash = hashToken(token);
    const row = this.within(() => this.byHash.get(hash, hash, now - graceMs));
    if (row === undefined) return undefined;
    const session = fromRow(row);
    if (this.isOver(session, now)) {
      // A clock that jumped ahead for a while ends nothing for good.
      if (this.isOver(session, this.clocks.trusted.now())) this.end(session.id);
      return 'ended';
    }
    if (now - session.seenAt > seenEveryMs) this.within(() => this.see.run(now, session.id));
    return session;
  }

  /** Whether a session goes on. Asking is no use of it, so that an open page does not keep it alive. */
  isAlive(id: string): boolean {
    const row = this.within(() =>
      this.database.connection.prepare<[string], Row>('SELECT * FROM sessions WHERE id = ?').get(id),
    );
    return row !== undefined && !this.isOver(fromRow(row), this.clocks.clock.now());
  }

  /** Replaces the token of a session; the old one is valid for another minute. */
  rotate(id: string): string {
    const token = newToken('hs');
    this.run(
      'UPDATE sessions SET previous_hash = hash, hash = ?, rotated_at = ? WHERE id = ?',
      hashToken(token),
      this.clocks.clock.now(),
      id,
    );
    return token;
  }

  list(userId: string): readonly StoredSession[] {
    return this.within(() =>
      this.database.connection
        .prepare<[string], Row>('SELECT * FROM sessions WHERE user_id = ? ORDER BY seen_at DESC')
        .all(userId)
        .map(fromRow),
    );
  }

  /** One that was begun or used at a time more than a day ahead is over too: a clock that was set wrong would make it last. */
  private isOver({ seenAt, createdAt }: StoredSession, now: number): boolean {
    if (Math.max(seenAt, createdAt) - now > wrongMs) return true;
    return now - seenAt > this.limits.idleMs || now - createdAt > this.limits.longestMs;
  }

  end(id: string): void {
    this.run('DELETE FROM sessions WHERE id = ?', id);
  }

  /** Ends the sessions of a user, except the one that is named. */
  endAll(userId: string, but = ''): void {
    this.run('DELETE FROM sessions WHERE user_id = ? AND id <> ?', userId, but);
  }

  /** Ends every session. */
  endEverybody(): void {
    this.run('DELETE FROM sessions');
  }

  private run(sql: string, ...values: readonly unknown[]): void {
    this.within(() => this.database.connection.prepare(sql).run(...values));
  }

  private within<T>(work: () => T): T {
    return withStorageErrors(this.database.file, work);
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
