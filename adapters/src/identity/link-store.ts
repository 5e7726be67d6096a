import type { GuardedWrite, Tables } from '@heddle/core';
import type { EndClocks } from './end-clocks.js';
import { hashToken, newToken } from './secret-token.js';

/** What a one-time link permits: becoming the first owner, or setting the password of its user. */
interface OneTimeLink {
  readonly purpose: 'owner' | 'password';
  readonly userId: string | undefined;
}

interface Row {
  readonly purpose: string;
  readonly user_id: string | null;
}

/** The longest life of a link. A link that expires later was created while the clock was wrong, and is refused. */
const longestMs = 7 * 86_400_000;

const isGood = 'hash = @hash AND expires_at > @now AND expires_at <= @latest';

/** Stores one-time links. Only a hash is stored; a link works once and for a short time. */
export class LinkStore {
  /** The changes as statements, for commits that include other changes. */
  readonly write: LinkWrites;

  constructor(
    private readonly tables: Tables,
    clocks: EndClocks,
  ) {
    this.write = new LinkWrites(clocks);
  }

  /** Creates a link and returns its token. An earlier link with the same purpose and user ends. */
  async create(link: OneTimeLink, lifeMs: number): Promise<string> {
    const { token, writes } = this.write.create(link, lifeMs);
    await this.tables.note(writes);
    return token;
  }

  /** Reads what a link is for without using it. Undefined if the link is unknown, used or expired. */
  async peek(token: string): Promise<OneTimeLink | undefined> {
    const row = await this.tables.get<Row>(
      `SELECT purpose, user_id FROM one_time_links WHERE ${isGood}`,
      this.write.goodNow(token),
    );
    return row === undefined
      ? undefined
      : { purpose: row.purpose === 'owner' ? 'owner' : 'password', userId: row.user_id ?? undefined };
  }
}

class LinkWrites {
  constructor(private readonly clocks: EndClocks) {}

  create(
    { purpose, userId }: OneTimeLink,
    lifeMs: number,
  ): { readonly token: string; readonly writes: readonly GuardedWrite[] } {
    const token = newToken('hl');
    const about = { purpose, userId: userId ?? null };
    const writes: readonly GuardedWrite[] = [
      {
        sql: 'DELETE FROM one_time_links WHERE (purpose = @purpose AND user_id IS NOT DISTINCT FROM @userId) OR expires_at <= @now',
        values: { ...about, now: this.clocks.trusted.now() },
      },
      {
        sql: 'INSERT INTO one_time_links (hash, purpose, user_id, expires_at) VALUES (@hash, @purpose, @userId, @end)',
        values: { ...about, hash: hashToken(token), end: this.clocks.clock.now() + Math.min(lifeMs, longestMs) },
      },
    ];
    return { token, writes };
  }

  /** Uses a link, which works only once. */
  take(token: string, otherwise: NonNullable<GuardedWrite['otherwise']>): readonly GuardedWrite[] {
    return [{ sql: `DELETE FROM one_time_links WHERE ${isGood}`, values: this.goodNow(token), rows: 1, otherwise }];
  }

  endAll(userId: string): readonly GuardedWrite[] {
    return [{ sql: 'DELETE FROM one_time_links WHERE user_id = @userId', values: { userId } }];
  }

  endEverybody(): readonly GuardedWrite[] {
    return [{ sql: 'DELETE FROM one_time_links', values: {} }];
  }

  /** The parameters of the SQL condition that a link is valid. */
  goodNow(token: string): GuardedWrite['values'] {
    const now = this.clocks.clock.now();
    return { hash: hashToken(token), now, latest: now + longestMs };
  }
}
