import { HeddleError, type Clock, type GuardedWrite, type Tables } from '@heddle/core';
import { isDone } from '../sql/is-done.js';
import { lock } from '../sql/lock.js';
import type { SealedText } from './sealed-text.js';
import { hashToken, newId } from './secret-token.js';

/** A person who can sign in. */
export interface StoredUser {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly password: string | undefined;
  /** The secret of the second factor; undefined if it is off. */
  readonly totp: string | undefined;
  /** The last time step with a used code. */
  readonly totpStep: number;
  readonly isDisabled: boolean;
  readonly createdAt: number;
  readonly signedInAt: number | undefined;
}

interface Row {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly password: string | null;
  readonly totp: Buffer | null;
  readonly totp_step: number;
  readonly is_disabled: number;
  readonly created_at: number;
  readonly signed_in_at: number | null;
}

interface NewUser {
  readonly email: string;
  readonly name: string;
  readonly password?: string;
}

/** Stores the people who can sign in. */
export class UserStore {
  /** The changes as statements, for commits that include other changes. */
  readonly write: UserWrites;
  private readonly byId;
  private readonly enabled;

  constructor(
    private readonly tables: Tables,
    clock: Pick<Clock, 'now'>,
    private readonly sealed: SealedText,
  ) {
    this.write = new UserWrites(clock, sealed);
    this.byId = tables.lookup<Row>('SELECT * FROM users WHERE id = @id');
    this.enabled = tables.lookup<{ n: number }>('SELECT count(*) AS n FROM users WHERE is_disabled = 0');
  }

  /** Errors: `user_exists`. */
  async create(user: NewUser): Promise<StoredUser> {
    const made = this.write.create(user);
    await this.tables.commit(made.writes);
    return made.user;
  }

  /** Errors: `user_not_found`. */
  async get(id: string): Promise<StoredUser> {
    const row = await this.byId({ id });
    if (row === undefined) throw userNotFound(id);
    return this.fromRow(row);
  }

  byEmail(email: string): Promise<StoredUser | undefined> {
    return this.one('SELECT * FROM users WHERE email = @email', { email: normalEmail(email) });
  }

  bySubject(issuer: string, subject: string): Promise<StoredUser | undefined> {
    return this.one(
      'SELECT users.* FROM users JOIN user_subjects ON user_id = id WHERE issuer = +@issuer AND subject = +@subject',
      { issuer, subject },
    );
  }

  /** Whether the user is linked to any identity at this provider. */
  async hasSubject(userId: string, issuer: string): Promise<boolean> {
    const sql = 'SELECT 1 FROM user_subjects WHERE user_id = @userId AND issuer = @issuer';
    return (await this.tables.get(sql, { userId, issuer })) !== undefined;
  }

  async list(): Promise<readonly StoredUser[]> {
    const rows = await this.tables.all<Row>('SELECT * FROM users ORDER BY created_at, id');
    return rows.map((row) => this.fromRow(row));
  }

  /** The number of users who are not disabled. */
  async count(): Promise<number> {
    return (await this.enabled({}))?.n ?? 0;
  }

  async setDisabled(id: string, isDisabled: boolean): Promise<void> {
    await this.tables.commit(this.write.setDisabled(id, isDisabled));
  }

  /** Switches the second factor on, with its recovery codes, or off if `totp` is undefined. */
  async setTotp(id: string, totp: SecondFactor | undefined): Promise<void> {
    await this.tables.commit(this.write.setTotp(id, totp));
  }

  /** Marks a time step as used. Returns false if another request was quicker. */
  useTotpStep(id: string, step: number): Promise<boolean> {
    const sql = 'UPDATE users SET totp_step = @step WHERE id = @id AND totp_step < @step';
    return isDone(this.tables.note([{ sql, values: { id, step }, rows: 1 }]));
  }

  /** Uses a recovery code. Returns false if it is not valid. */
  useRecoveryCode(id: string, code: string): Promise<boolean> {
    // The hash is of the code as it was shown; people may type other separators.
    const signs = code.toLowerCase().replace(/[^a-z2-7]/g, '');
    const hash = hashToken(signs.replace(/(.{4})(?=.)/g, '$1-'));
    const sql = 'DELETE FROM recovery_codes WHERE user_id = @id AND hash = @hash';
    return isDone(this.tables.note([{ sql, values: { id, hash }, rows: 1 }]));
  }

  private async one(sql: string, values: Readonly<Record<string, string>>): Promise<StoredUser | undefined> {
    const row = await this.tables.get<Row>(sql, values);
    return row === undefined ? undefined : this.fromRow(row);
  }

  private fromRow(row: Row): StoredUser {
    return {
      id: row.id,
      email: row.email,
      name: row.name,
      password: row.password ?? undefined,
      totp: row.totp === null ? undefined : this.sealed.open(`totp:${row.id}`, row.totp),
      totpStep: row.totp_step,
      isDisabled: row.is_disabled === 1,
      createdAt: row.created_at,
      signedInAt: row.signed_in_at ?? undefined,
    };
  }
}

interface SecondFactor {
  readonly secret: string;
  readonly step: number;
  readonly codes: readonly string[];
}

class UserWrites {
  constructor(
    private readonly clock: Pick<Clock, 'now'>,
    private readonly sealed: SealedText,
  ) {}

  /** Requires that there is no user yet. Errors of the commit: `sign_in_failed`. */
  requireNoUser(): readonly GuardedWrite[] {
    const otherwise = (): HeddleError => new HeddleError('sign_in_failed', 'There is an owner already: sign in.');
    return [
      lock('projects', 'default', otherwise),
      {
        sql: 'SELECT 1 FROM projects WHERE NOT EXISTS (SELECT 1 FROM users)',
        values: {},
        rows: { least: 1 },
        otherwise,
      },
    ];
  }

  /** Errors of the commit: `user_exists`. */
  create({ email, name, password }: NewUser): { readonly user: StoredUser; readonly writes: readonly GuardedWrite[] } {
    const user: StoredUser = {
      id: newId('u'),
      email: normalEmail(email),
      name,
      password,
      totp: undefined,
      totpStep: -1,
      isDisabled: false,
      createdAt: this.clock.now(),
      signedInAt: undefined,
    };
    const write: GuardedWrite = {
      sql: `INSERT INTO users (id, email, name, password, created_at) VALUES (@id, @email, @name, @password, @createdAt)
        ON CONFLICT (email) DO NOTHING`,
      values: { id: user.id, email: user.email, name, password: password ?? null, createdAt: user.createdAt },
      rows: 1,
      otherwise: () => new HeddleError('user_exists', `There is a user ${email} already.`),
    };
    return { user, writes: [write] };
  }

  /** Errors of the commit: `conflict` if this identity at the provider belongs to another user. */
  linkSubject(userId: string, issuer: string, subject: string): readonly GuardedWrite[] {
    const sql =
      'INSERT INTO user_subjects (issuer, subject, user_id) VALUES (@issuer, @subject, @userId) ON CONFLICT DO NOTHING';
    return [{ sql, values: { issuer, subject, userId }, rows: 1 }];
  }

  setPassword(id: string, password: string): readonly GuardedWrite[] {
    return [{ sql: 'UPDATE users SET password = @password WHERE id = @id', values: { id, password } }];
  }

  setDisabled(id: string, isDisabled: boolean): readonly GuardedWrite[] {
    const values = { id, isDisabled: isDisabled ? 1 : 0 };
    return [{ sql: 'UPDATE users SET is_disabled = @isDisabled WHERE id = @id', values }];
  }

  sawSignIn(id: string): readonly GuardedWrite[] {
    return [{ sql: 'UPDATE users SET signed_in_at = @now WHERE id = @id', values: { id, now: this.clock.now() } }];
  }

  /** Switches the second factor on, with its recovery codes, or off if `totp` is undefined. */
  setTotp(id: string, totp: SecondFactor | undefined): readonly GuardedWrite[] {
    const secret = totp === undefined ? null : this.sealed.seal(`totp:${id}`, totp.secret);
    return [
      { sql: 'DELETE FROM recovery_codes WHERE user_id = @id', values: { id } },
      {
        sql: 'UPDATE users SET totp = @secret, totp_step = @step WHERE id = @id',
        values: { id, secret, step: totp?.step ?? -1 },
      },
      ...(totp?.codes ?? []).map((code) => ({
        sql: 'INSERT INTO recovery_codes (user_id, hash) VALUES (@id, @hash)',
        values: { id, hash: hashToken(code) },
      })),
    ];
  }
}

const userNotFound = (id: string): HeddleError => new HeddleError('user_not_found', `There is no user '${id}'.`);

/** Normalises an email address, so that it is the same however it is typed. */
export const normalEmail = (email: string): string => email.trim().normalize('NFKC').toLowerCase();
