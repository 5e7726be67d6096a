import { HeddleError, type Clock } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';
import { newId } from './secret-token.js';

/** A group of members: `user:ID`, `service:ID`, `key:ID` or `oidc-group:NAME`. */
export interface StoredGroup {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
}

/** Groups, their members, and what a sign-in provider said of users. */
export class GroupStore {
  private readonly database: HeddleDatabase;
  private readonly clock: Pick<Clock, 'now'>;
  private readonly groupsOfMembers;
  private readonly claims;

  constructor(database: HeddleDatabase, clock: Pick<Clock, 'now'>) {
    this.database = database;
    this.clock = clock;
    // Prepared once: every search asks them.
    this.groupsOfMembers = database.connection
      .prepare<[string], string>(
        'SELECT DISTINCT m.group_id FROM json_each(?) AS names CROSS JOIN group_members m ON m.member = names.value ORDER BY 1',
      )
      .pluck();
    this.claims = database.connection
      .prepare<[string, string], string>(
        'SELECT name FROM claimed_groups WHERE user_id = ? AND issuer = ? ORDER BY name',
      )
      .pluck();
  }

  /** Errors: `conflict` for a name that another group has, in whatever case. */
  create(name: string): StoredGroup {
    this.requireFree(name);
    const id = newId('g');
    this.run(
      'INSERT INTO groups (id, name, name_key, created_at) VALUES (?, ?, ?, ?)',
      id,
      name,
      keyOf(name),
      this.clock.now(),
    );
    return this.get(id);
  }

  /** Errors: `group_not_found`. */
  get(id: string): StoredGroup {
    const found = this.find('SELECT id, name, created_at AS createdAt FROM groups WHERE id = ?', id);
    if (found === undefined) throw new HeddleError('group_not_found', `There is no group '${id}'.`);
    return found;
  }

  byName(name: string): StoredGroup | undefined {
    return this.find('SELECT id, name, created_at AS createdAt FROM groups WHERE name_key = ?', keyOf(name));
  }

  list(): readonly StoredGroup[] {
    return this.within(() =>
      this.database.connection
        .prepare<[], StoredGroup>('SELECT id, name, created_at AS createdAt FROM groups ORDER BY name_key')
        .all(),
    );
  }

  /** Errors: `group_not_found`, `conflict`. */
  rename(id: string, name: string): StoredGroup {
    this.get(id);
    this.requireFree(name, id);
    this.run('UPDATE groups SET name = ?, name_key = ? WHERE id = ?', name, keyOf(name), id);
    return this.get(id);
  }

  /** Errors: `group_not_found`. */
  remove(id: string): StoredGroup {
    const group = this.get(id);
    this.run('DELETE FROM group_members WHERE group_id = ?', id);
    this.run('DELETE FROM groups WHERE id = ?', id);
    return group;
  }

  members(id: string): readonly string[] {
    return this.within(() =>
      this.database.connection
        .prepare<[string], string>('SELECT member FROM group_members WHERE group_id = ? ORDER BY member')
        .pluck()
        .all(id),
    );
  }

  /** Returns whether it was none. Errors: `group_not_found`. */
  addMember(id: string, member: string): boolean {
    this.get(id);
    return this.run('INSERT OR IGNORE INTO group_members (member, group_id) VALUES (?, ?)', member, id) === 1;
  }

  /** Returns whether it was one. Errors: `group_not_found`. */
  removeMember(id: string, member: string): boolean {
    this.get(id);
    return this.run('DELETE FROM group_members WHERE member = ? AND group_id = ?', member, id) === 1;
  }

  /** The ids of the groups that have one of these members. */
  groupsOf(members: readonly string[]): readonly string[] {
    return this.within(() => this.groupsOfMembers.all(JSON.stringify(members)));
  }

  /** What a provider said of a user at the last sign-in. */
  claimed(userId: string, issuer: string): readonly string[] {
    return this.within(() => this.claims.all(userId, issuer));
  }

  setClaimed(userId: string, issuer: string, names: readonly string[]): void {
    this.run('DELETE FROM claimed_groups WHERE user_id = ? AND issuer = ?', userId, issuer);
    for (const name of new Set(names))
      this.run('INSERT INTO claimed_groups (user_id, issuer, name) VALUES (?, ?, ?)', userId, issuer, name);
  }

  /** All names that a provider said of anybody. */
  allClaimed(issuer: string): readonly string[] {
    return this.within(() =>
      this.database.connection
        .prepare<[string], string>('SELECT DISTINCT name FROM claimed_groups WHERE issuer = ? ORDER BY name LIMIT 1000')
        .pluck()
        .all(issuer),
    );
  }

  private requireFree(name: string, own?: string): void {
    const other = this.byName(name);
    if (other !== undefined && other.id !== own)
      throw new HeddleError('conflict', `There is a group '${other.name}' already: choose another name.`);
  }

  private find(sql: string, value: string): StoredGroup | undefined {
    return this.within(() => this.database.connection.prepare<[string], StoredGroup>(sql).get(value));
  }

  private run(sql: string, ...values: readonly unknown[]): number {
    return this.within(() => this.database.connection.prepare(sql).run(...values).changes);
  }

  private within<T>(work: () => T): T {
    return withStorageErrors(this.database.file, work);
  }
}

/** Names that look alike in case, width or spaces are one name. */
const keyOf = (name: string): string => name.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
