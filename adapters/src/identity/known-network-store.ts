import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';
import type { EndClocks } from './end-clocks.js';
import { hashToken } from './secret-token.js';

/** After so long without a sign-in from there, a network is a strange one again. */
const lifeMs = 90 * 86_400_000;
/** Networks that are remembered for one user; a new one replaces the one of the oldest sign-in. */
const mostOfOne = 50;

/**
 * The networks from which users signed in, so that strangers who guess a password elsewhere do not lock them out there.
 * Only a hash is stored: it recognises a network, but does not list where a user was.
 */
export class KnownNetworkStore {
  private readonly found;
  private readonly database: HeddleDatabase;
  private readonly clocks: EndClocks;

  constructor(database: HeddleDatabase, clocks: EndClocks) {
    this.database = database;
    this.clocks = clocks;
    this.found = database.connection
      .prepare<[string, string, number], number>(
        'SELECT 1 FROM sign_in_places WHERE user_id = ? AND network_hash = ? AND seen_at > ?',
      )
      .pluck();
  }

  knows(userId: string, network: string): boolean {
    const since = this.clocks.clock.now() - lifeMs;
    return this.within(() => this.found.get(userId, hashOf(userId, network), since)) !== undefined;
  }

  /** To be called inside the transaction of a sign-in. */
  remember(userId: string, network: string): void {
    const now = this.clocks.clock.now();
    this.run(
      'INSERT INTO sign_in_places (user_id, network_hash, seen_at) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET seen_at = excluded.seen_at',
      userId,
      hashOf(userId, network),
      now,
    );
    this.run('DELETE FROM sign_in_places WHERE seen_at <= ?', this.clocks.trusted.now() - lifeMs);
    this.run(
      'DELETE FROM sign_in_places WHERE user_id = ? AND network_hash NOT IN (SELECT network_hash FROM sign_in_places WHERE user_id = ? ORDER BY seen_at DESC LIMIT ?)',
      userId,
      userId,
      mostOfOne,
    );
  }

  /** Forgets every network of a user, as after a new password. */
  forget(userId: string): void {
    this.run('DELETE FROM sign_in_places WHERE user_id = ?', userId);
  }

  private run(sql: string, ...values: readonly unknown[]): void {
    this.within(() => this.database.connection.prepare(sql).run(...values));
  }

  private within<T>(work: () => T): T {
    return withStorageErrors(this.database.file, work);
  }
}

const hashOf = (userId: string, network: string): string => hashToken(`${userId} ${network}`);
