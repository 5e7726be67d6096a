import { HeddleError, type Clock } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { codeOf, withStorageErrors } from '../database/storage-error.js';
import type { SealedText } from './sealed-text.js';
import { hashToken, newId } from './secret-token.js';

/** A person who can sign in. */
export interface StoredUser {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly password: string | undefined;
  /** The secret of the second factor, where it is on. */
  readonly totp: string | undefined;
  /** The last time step whose code was used. */
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

/** People who can sign in. */
export class UserStore {
  private readonly database: HeddleDatabase;
  private readonly clock: Pick<Clock, 'now'>;
  private readonly sealed: SealedText;

  constructor(database: HeddleDatabase, clock: Pick<Clock, 'now'>, sealed: SealedText) {
    this.database = database;
    this.clock = clock;
    this.sealed = sealed;
  }

  /** Errors: `user_exists`. */
  create(user: { readonly email: string; readonly name: string; readonly password?: string }): StoredUser {
    const id = newId('u');
    try {
      this.run(
        'INSERT INTO users (id, email, name, password, created_at) VALUES (?, ?, ?, ?, ?)',
        id,
        normalEmail(user.email),
        user.name,
        user.password ?? null,
        this.clock.now(),
      );
    } catch (error) {
      if (codeOf(error) === 'SQLITE_CONSTRAINT_UNIQUE' || isUnique(error))
        throw new HeddleError('user_exists', `There is a user ${user.email} already.`);
      throw error;
    }
    return this.get(id);
  }

  /** Errors: `user_not_found`. */
  get(id: string): StoredUser {
    const found = this.one('SELECT * FROM users WHERE id = ?', id);
    if (found === undefined) throw new HeddleError('user_not_found', `There is no user '${id}'.`);
    return found;
  }

  byEmail(email: string): StoredUser | undefined {
    return this.one('SELECT * FROM users WHERE email = ?', normalEmail(email));
  }

  /** Who an identity of a sign-in provider belongs to. */
  bySubject(issuer: string, subject: string): StoredUser | undefined {
    return this.one(
      'SELECT users.* FROM users JOIN user_subjects ON user_id = id WHERE issuer = +? AND subject = +?',
      issuer,
      subject,
    );
  }

  /** Whether a provider knows them already, under whichever name. */
  hasSubject(userId: string, issuer: string): boolean {
    return (
      this.one(
        'SELECT users.* FROM users JOIN user_subjects ON user_id = id WHERE id = +? AND issuer = +?',
        userId,
        issuer,
      ) !== undefined
    );
  }

  linkSubject(userId: string, issuer: string, subject: string): void {
    this.run('INSERT INTO user_subjects (issuer, subject, user_id) VALUES (?, ?, ?)', issuer, subject, userId);
  }

  list(): readonly StoredUser[] {
    return this.within(() =>
      this.database.connection
        .prepare<[], Row>('SELECT * FROM users ORDER BY created_at, id')
        .all()
        .map((row) => this.fromRow(row)),
    );
  }

  count(): number {
    return this.within(
      () =>
        this.database.connection
          .prepare<[], { n: number }>('SELECT count(*) AS n FROM users WHERE is_disabled = 0')
          .get()?.n ?? 0,
    );
  }

  setPassword(id: string, hash: string): void {
    this.run('UPDATE users SET password = ? WHERE id = ?', hash, id);
  }

  setDisabled(id: string, isDisabled: boolean): void {
    this.run('UPDATE users SET is_disabled = ? WHERE id = ?', isDisabled ? 1 : 0, id);
  }

  sawSignIn(id: string): void {
    this.run('UPDATE users SET signed_in_at = ? WHERE id = ?', this.clock.now(), id);
  }

  /** Switches the second factor on with its recovery codes, or off without a secret. */
  setTotp(
    id: string,
    totp: { readonly secret: string; readonly step: number; readonly codes: readonly string[] } | undefined,
  ): void {
    this.database.connection
      .transaction(() => {
        this.run('DELETE FROM recovery_codes WHERE user_id = ?', id);
        this.run(
          'UPDATE users SET totp = ?, totp_step = ? WHERE id = ?',
          totp === undefined ? null : this.sealed.seal(`totp:${id}`, totp.secret),
          totp?.step ?? -1,
          id,
        );
        for (const code of totp?.codes ?? [])
          this.run('INSERT INTO recovery_codes (user_id, hash) VALUES (?, ?)', id, hashToken(code));
      })
      .immediate();
  }

  /** Marks a time step as used; false where another request was quicker. */
  useTotpStep(id: string, step: number): boolean {
    return this.run('UPDATE users SET totp_step = ? WHERE id = ? AND totp_step < ?', step, id, step) === 1;
  }

  /** Uses a recovery code up; false where it is none. */
  useRecoveryCode(id: string, code: string): boolean {
    // Stored as it was shown, even if it was typed in other groups.
    const signs = code.toLowerCase().replace(/[^a-z2-7]/g, '');
    const hash = hashToken(signs.replace(/(.{4})(?=.)/g, '$1-'));
    return this.run('DELETE FROM recovery_codes WHERE user_id = ? AND hash = ?', id, hash) === 1;
  }

  private one(sql: string, ...values: readonly string[]): StoredUser | undefined {
    const row = this.within(() => this.database.connection.prepare<unknown[], Row>(sql).get(...values));
    return row === undefined ? undefined : this.fromRow(row);
  }

  private run(sql: string, ...values: readonly unknown[]): number {
    return this.within(() => this.database.connection.prepare(sql).run(...values).changes);
  }

  private within<T>(work: () => T): T {
    return withStorageErrors(this.database.file, work);
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

/** One address however it is typed. */
export const normalEmail = (email: string): string => email.trim().normalize('NFKC').toLowerCase();

function isUnique(error: unknown): boolean {
  return error instanceof HeddleError && codeOf(error.cause) === 'SQLITE_CONSTRAINT_UNIQUE';
}
