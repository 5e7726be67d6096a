import { localPrincipal, type AuditEntry } from '@heddle/core';
import type Database from 'better-sqlite3';
import type { HeddleDatabase } from '../database/open-database.js';
import { chainEntry, chainStart, kindColumn, type AuditRow } from './audit-chain.js';

/** Where the chain ends. */
export interface ChainHead {
  readonly number: number;
  readonly hash: string;
}

/** Where the chain of a database ends. */
export function chainHead(connection: Database.Database): ChainHead {
  return headStatement(connection).get() ?? { number: 0, hash: chainStart };
}

/** The hash of a record; undefined where it is not there. */
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

/** @param terminal who typed the command, where one works on the folder itself */
export function createAuditLog({ connection }: HeddleDatabase, terminal?: string): AuditLog {
  // The end is read each time: a transaction that was taken back, or another process, may have moved it.
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

/** The entry, with who typed the command where one works on the database itself. */
export function atTerminal(entry: AuditEntry, terminal: string | undefined): AuditEntry {
  return terminal !== undefined && entry.who === localPrincipal.id
    ? { ...entry, details: { ...entry.details, terminal } }
    : entry;
}
