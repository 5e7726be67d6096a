import type { GuardedWrite, Tables } from '@heddle/core';
import type { EndClocks } from './end-clocks.js';
import { hashToken } from './secret-token.js';

/** A network without a sign-in of the user for this long is forgotten. */
const lifeMs = 90 * 86_400_000;
/** How many networks are kept for a user. A new one replaces the network with the oldest sign-in. */
const mostOfOne = 50;

/**
 * Stores the networks from which users signed in. So someone who guesses passwords from another network cannot lock the user out of a known
 * one. Only a hash is stored: it recognises a network but does not reveal where a user was.
 */
export class KnownNetworkStore {
  /** The changes as statements, for commits that include other changes. */
  readonly write: KnownNetworkWrites;

  constructor(
    private readonly tables: Tables,
    private readonly clocks: EndClocks,
  ) {
    this.write = new KnownNetworkWrites(clocks);
  }

  async knows(userId: string, network: string): Promise<boolean> {
    const found = await this.tables.get(
      'SELECT 1 FROM sign_in_places WHERE user_id = @userId AND network_hash = @hash AND seen_at > @since',
      { userId, hash: hashOf(userId, network), since: this.clocks.clock.now() - lifeMs },
    );
    return found !== undefined;
  }

  async remember(userId: string, network: string): Promise<void> {
    await this.tables.note(this.write.remember(userId, network));
  }
}

class KnownNetworkWrites {
  constructor(private readonly clocks: EndClocks) {}

  remember(userId: string, network: string): readonly GuardedWrite[] {
    return [
      {
        sql: `INSERT INTO sign_in_places (user_id, network_hash, seen_at) VALUES (@userId, @hash, @now)
          ON CONFLICT (user_id, network_hash) DO UPDATE SET seen_at = excluded.seen_at`,
        values: { userId, hash: hashOf(userId, network), now: this.clocks.clock.now() },
      },
      {
        sql: 'DELETE FROM sign_in_places WHERE seen_at <= @until',
        values: { until: this.clocks.trusted.now() - lifeMs },
      },
      {
        sql: `DELETE FROM sign_in_places WHERE user_id = @userId AND network_hash NOT IN
          (SELECT network_hash FROM sign_in_places WHERE user_id = @userId ORDER BY seen_at DESC LIMIT ${mostOfOne})`,
        values: { userId },
      },
    ];
  }

  /** Forgets all networks of a user, for example after a new password. */
  forget(userId: string): readonly GuardedWrite[] {
    return [{ sql: 'DELETE FROM sign_in_places WHERE user_id = @userId', values: { userId } }];
  }
}

const hashOf = (userId: string, network: string): string => hashToken(`${userId} ${network}`);
