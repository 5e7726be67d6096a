import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';
import type { EndClocks } from './end-clocks.js';
import { hashToken, newToken } from './secret-token.js';

/** What a one-time link allows: to become the first owner, or to set the password of the user that it names. */
export interface OneTimeLink {
  readonly purpose: 'owner' | 'password';
  readonly userId: string | undefined;
}

interface Row {
  readonly purpose: string;
  readonly user_id: string | null;
}

/** No link is good for longer: one that ends later was made by a clock that was set wrong. */
const longestMs = 7 * 86_400_000;

/** One-time links: hashed at rest, good once and not for long. */
export class LinkStore {
  constructor(
    private readonly database: HeddleDatabase,
    private readonly clocks: EndClocks,
  ) {}

  /** Makes a link and returns its token; an earlier link of the same purpose and user ends. */
  create({ purpose, userId }: OneTimeLink, lifeMs: number): string {
    const token = newToken('hl');
    this.within(() =>
      this.database.connection
        .transaction(() => {
          this.database.connection
            .prepare('DELETE FROM one_time_links WHERE (purpose = ? AND user_id IS ?) OR expires_at <= ?')
            .run(purpose, userId ?? null, this.clocks.trusted.now());
          this.database.connection
            .prepare('INSERT INTO one_time_links (hash, purpose, user_id, expires_at) VALUES (?, ?, ?, ?)')
            .run(hashToken(token), purpose, userId ?? null, this.clocks.clock.now() + Math.min(lifeMs, longestMs));
        })
        .immediate(),
    );
    return token;
  }

  /** What a link is for, which stays good; undefined where it is none, was used, or is too old. */
  peek(token: string): OneTimeLink | undefined {
    const find = 'SELECT purpose, user_id FROM one_time_links WHERE hash = ? AND expires_at > ? AND expires_at <= ?';
    return this.read(find, token);
  }

  /** Uses a link up; undefined where it is none, was used, or is too old. */
  take(token: string): OneTimeLink | undefined {
    const take =
      'DELETE FROM one_time_links WHERE hash = ? AND expires_at > ? AND expires_at <= ? RETURNING purpose, user_id';
    return this.read(take, token);
  }

  private read(statement: string, token: string): OneTimeLink | undefined {
    const now = this.clocks.clock.now();
    const row = this.within(() =>
      this.database.connection.prepare<unknown[], Row>(statement).get(hashToken(token), now, now + longestMs),
    );
    return row === undefined
      ? undefined
      : { purpose: row.purpose === 'owner' ? 'owner' : 'password', userId: row.user_id ?? undefined };
  }

  /** Ends the links of a user, for any purpose. */
  endAll(userId: string): void {
    this.within(() => this.database.connection.prepare('DELETE FROM one_time_links WHERE user_id = ?').run(userId));
  }

  /** Ends every link. */
  endEverybody(): void {
    this.within(() => this.database.connection.prepare('DELETE FROM one_time_links').run());
  }

  private within<T>(work: () => T): T {
    return withStorageErrors(this.database.file, work);
  }
}
