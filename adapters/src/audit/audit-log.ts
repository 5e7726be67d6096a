import { localPrincipal, type AuditEntry } from '@heddle/core';
import type Database from 'better-sqlite3';
import type { HeddleDatabase } from '../database/open-database.js';
import { chainEntry, chainStart, kindColumn, type AuditRow } from './audit-chain.js';

export interface ChainHead {
  readonly number: number;
  readonly hash: string;
}

export function chainHead(connection: Database.Database): ChainHead {
  return headStatement(connection).get() ?? { number: 0, hash: chainStart };
}

/** The hash of a record; undefined if there is no such record. */
export function hashAt(connection: Database.Database, number: number): string | undefined {
  return connection.prepare<[number], string>('SELECT hash FROM audit WHERE number = ?').pluck().get(number);
}

const headStatement = (connection: Database.Database): Database.Statement<[], ChainHead> =>
  connection.prepare<[], ChainHead>('SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1');

/** Adds to the chain within a transaction that is already open. */
export interface AuditLog {
  add(entries: readonly AuditEntry[]): void;
  head(): ChainHead;
}

/** @param terminal the user who typed the command, if a command works on the data folder directly */
export function createAuditLog({ connection }: HeddleDatabase, terminal?: string): AuditLog {
  // Read each time, because a rollback or another process may have moved the end.
  const last = headStatement(connection);
  const insert = connection.prepare<AuditRow>(
    `INSERT INTO audit (number, time, ${kindColumn}, who, project, subject, is_allowed, details, previous, hash)
     VALUES (@number, @time, @${kindColumn}, @who, @project, @subject, @is_allowed, @details, @previous, @hash)`,
  );
  const head = (): ChainHead => last.get() ?? { number: 0, hash: chainStart };
  return {
    head,
    add(entries) {
      let after = head();
      for (const entry of entries) {
        const row = chainEntry(atTerminal(entry, terminal), after);
        insert.run(row);
        after = row;
      }
    },
  };
}

/** Adds the user who typed the command to an entry, if a command works on the database directly. */
export function atTerminal(entry: AuditEntry, terminal: string | undefined): AuditEntry {
  return terminal !== undefined && entry.who === localPrincipal.id
    ? { ...entry, details: { ...entry.details, terminal } }
    : entry;
}
