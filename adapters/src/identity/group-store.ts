import { HeddleError, type Clock, type GuardedWrite, type Tables } from '@heddle/core';
import { lock } from '../sql/lock.js';
import { newId } from './secret-token.js';

/** A group. Its members are named as `user:ID`, `service:ID`, `key:ID` or `oidc-group:NAME`. */
export interface StoredGroup {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
}

const columns = 'id, name, created_at AS "createdAt"';

/** Stores groups, their members, and the group names that sign-in providers reported for users. */
export class GroupStore {
  /** The changes as statements, for commits that include other changes. */
  readonly write: GroupWrites;

  constructor(
    private readonly tables: Tables,
    clock: Pick<Clock, 'now'>,
  ) {
    this.write = new GroupWrites(clock);
  }

  /** Errors: `group_not_found`. */
  async get(id: string): Promise<StoredGroup> {
    const found = await this.tables.get<StoredGroup>(`SELECT ${columns} FROM groups WHERE id = @id`, { id });
    if (found === undefined) throw groupNotFound(id);
    return found;
  }

  byName(name: string): Promise<StoredGroup | undefined> {
    return this.tables.get<StoredGroup>(`SELECT ${columns} FROM groups WHERE name_key = @key`, { key: keyOf(name) });
  }

  list(): Promise<readonly StoredGroup[]> {
    return this.tables.all<StoredGroup>(`SELECT ${columns} FROM groups ORDER BY name_key`);
  }

  members(id: string): Promise<readonly string[]> {
    return this.names('SELECT member AS name FROM group_members WHERE group_id = @id ORDER BY member', { id });
  }

  /** The ids of the groups that contain at least one of these members. */
  groupsOf(members: readonly string[]): Promise<readonly string[]> {
    return this.names(
      'SELECT DISTINCT group_id AS name FROM group_members WHERE member IN (EACH @members) ORDER BY 1',
      {
        members: JSON.stringify(members),
      },
    );
  }

  /** The group names that a provider reported for a user at the last sign-in. */
  claimed(userId: string, issuer: string): Promise<readonly string[]> {
    return this.names('SELECT name FROM claimed_groups WHERE user_id = @userId AND issuer = @issuer ORDER BY name', {
      userId,
      issuer,
    });
  }

  /** The group names that a provider reported for any user; at most 1000. */
  allClaimed(issuer: string): Promise<readonly string[]> {
    const sql = 'SELECT DISTINCT name FROM claimed_groups WHERE issuer = @issuer ORDER BY name LIMIT 1000';
    return this.names(sql, { issuer });
  }

  private async names(sql: string, values: GuardedWrite['values']): Promise<readonly string[]> {
    return (await this.tables.all<{ readonly name: string }>(sql, values)).map(({ name }) => name);
  }
}

class GroupWrites {
  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  /** Errors of the commit: `conflict` if another group has this name, whatever its case. */
  create(name: string): { readonly group: StoredGroup; readonly writes: readonly GuardedWrite[] } {
    const group: StoredGroup = { id: newId('g'), name, createdAt: this.clock.now() };
    const write: GuardedWrite = {
      sql: `INSERT INTO groups (id, name, name_key, created_at) VALUES (@id, @name, @key, @createdAt)
        ON CONFLICT (name_key) DO NOTHING`,
      values: { ...group, key: keyOf(name) },
      rows: 1,
      otherwise: () => nameTaken(name),
    };
    return { group, writes: [write] };
  }

  /** Errors of the commit: `group_not_found`, `conflict`. */
  rename(id: string, name: string): readonly GuardedWrite[] {
    const values = { id, name, key: keyOf(name) };
    return [
      oneGroup(id),
      {
        sql: `UPDATE groups SET name = @name, name_key = @key WHERE id = @id
          AND NOT EXISTS (SELECT 1 FROM groups other WHERE other.name_key = @key AND other.id <> @id)`,
        values,
        rows: 1,
        otherwise: () => nameTaken(name),
      },
    ];
  }

  /** Errors of the commit: `group_not_found`. */
  remove(id: string): readonly GuardedWrite[] {
    return [
      oneGroup(id),
      { sql: 'DELETE FROM group_members WHERE group_id = @id', values: { id } },
      { sql: 'DELETE FROM groups WHERE id = @id', values: { id } },
    ];
  }

  /** Errors of the commit: `group_not_found`, `conflict` if it is a member already. */
  addMember(id: string, member: string): readonly GuardedWrite[] {
    const sql = 'INSERT INTO group_members (member, group_id) VALUES (@member, @id) ON CONFLICT DO NOTHING';
    return [oneGroup(id), { sql, values: { id, member }, rows: 1 }];
  }

  /** Errors of the commit: `group_not_found`, `conflict` if it is no member. */
  removeMember(id: string, member: string): readonly GuardedWrite[] {
    const sql = 'DELETE FROM group_members WHERE member = @member AND group_id = @id';
    return [oneGroup(id), { sql, values: { id, member }, rows: 1 }];
  }

  setClaimed(userId: string, issuer: string, names: readonly string[]): readonly GuardedWrite[] {
    const about = { userId, issuer };
    return [
      { sql: 'DELETE FROM claimed_groups WHERE user_id = @userId AND issuer = @issuer', values: about },
      ...[...new Set(names)].map((name) => ({
        sql: 'INSERT INTO claimed_groups (user_id, issuer, name) VALUES (@userId, @issuer, @name) ON CONFLICT DO NOTHING',
        values: { ...about, name },
      })),
    ];
  }
}

const groupNotFound = (id: string): HeddleError => new HeddleError('group_not_found', `There is no group '${id}'.`);

const oneGroup = (id: string): GuardedWrite => lock('groups', id, () => groupNotFound(id));

const nameTaken = (name: string): HeddleError =>
  new HeddleError('conflict', `There is a group '${name}' already: choose another name.`);

/** Names that differ only in case, width or spaces count as the same name. */
const keyOf = (name: string): string => name.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
