import type { GuardedWrite, Tables } from '@heddle/core';
import type { EndClocks } from './end-clocks.js';
import { hashToken, newToken } from './secret-token.js';

/** What a one-time link allows: to become the first owner, or to set the password of the user that it names. */
interface OneTimeLink {
  readonly purpose: 'owner' | 'password';
  readonly userId: string | undefined;
}

interface Row {
  readonly purpose: string;
  readonly user_id: string | null;
}

/** No link is good for longer: one that ends later was made by a clock that was set wrong. */
const longestMs = 7 * 86_400_000;

const isGood = 'hash = @hash AND expires_at > @now AND expires_at <= @latest';

/** One-time links: hashed at rest, good once and not for long. */
export class LinkStore {
  /** Changes, for the operations that make them. */
  readonly write: LinkWrites;

  constructor(
    private readonly tables: Tables,
    clocks: EndClocks,
  ) {
    this.write = new LinkWrites(clocks);
  }

  /** Makes a link and returns its token; an earlier link of the same purpose and user ends. */
  async create(link: OneTimeLink, lifeMs: number): Promise<string> {
    const { token, writes } = this.write.create(link, lifeMs);
    await this.tables.note(writes);
    return token;
  }

  /** What a link is for, which stays good; undefined where it is none, was used, or is too old. */
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

/** Changes of links as data. */
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

  /** Uses a link up, once. */
  take(token: string, otherwise: NonNullable<GuardedWrite['otherwise']>): readonly GuardedWrite[] {
    return [{ sql: `DELETE FROM one_time_links WHERE ${isGood}`, values: this.goodNow(token), rows: 1, otherwise }];
  }

  /** Ends the links of a user, for any purpose. */
  endAll(userId: string): readonly GuardedWrite[] {
    return [{ sql: 'DELETE FROM one_time_links WHERE user_id = @userId', values: { userId } }];
  }

  /** Ends every link. */
  endEverybody(): readonly GuardedWrite[] {
    return [{ sql: 'DELETE FROM one_time_links', values: {} }];
  }

  /** The values of the condition that a link is good. */
  goodNow(token: string): GuardedWrite['values'] {
    const now = this.clocks.clock.now();
    return { hash: hashToken(token), now, latest: now + longestMs };
  }
}
