import type { ProposalBody, ProposalStore, StoredProposal } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

interface ProposalRow {
  readonly id: string;
  readonly project: string;
  readonly kind: StoredProposal['kind'];
  readonly workflow: string | null;
  readonly state: StoredProposal['state'];
  readonly author: string;
  readonly authorName: string;
  readonly run: string | null;
  readonly madeAt: number;
  readonly decidedBy: string | null;
  readonly decidedAt: number | null;
  readonly version: number | null;
  readonly body: string;
}

const columns = `id, project, kind, workflow, state, author, author_name AS authorName, run, made_at AS madeAt, decided_by AS decidedBy,
  decided_at AS decidedAt, version, body`;

function prepareProposals({ connection }: HeddleDatabase) {
  return {
    add: connection.prepare<[string, string, string, string | null, string, string, string | null, number, string]>(
      `INSERT INTO proposals (id, project, kind, workflow, state, author, author_name, run, made_at, body)
        VALUES (?, ?, ?, ?, 'open', ?, ?, ?, ?, ?)`,
    ),
    get: connection.prepare<[string], ProposalRow>(`SELECT ${columns} FROM proposals WHERE id = ?`),
    list: connection.prepare<[string, string | null, string | null, string | null, string | null, number], ProposalRow>(
      `SELECT ${columns} FROM proposals WHERE project = ? AND (? IS NULL OR workflow = ?) AND (? IS NULL OR state = ?)
        ORDER BY number DESC LIMIT ?`,
    ),
    update: connection.prepare<[string, string | null, string]>(
      `UPDATE proposals SET body = ?, run = ? WHERE id = ? AND state = 'open'`,
    ),
    decide: connection.prepare<[string, string, number, string | null, number | null, string]>(
      `UPDATE proposals SET state = ?, decided_by = ?, decided_at = ?, workflow = coalesce(?, workflow), version = ?
        WHERE id = ? AND state = 'open'`,
    ),
  };
}

/** Proposals in heddle.db. @example const proposals = createProposalStore(database); */
export function createProposalStore(database: HeddleDatabase): ProposalStore {
  const { file } = database;
  const statements = prepareProposals(database);
  const within = <T>(work: () => T): T => withStorageErrors(file, work);
  const get = (id: string): StoredProposal | undefined => within(() => readRow(statements.get.get(id)));
  return {
    get,
    add: ({ id, project, kind, workflow, author, authorName, run, madeAt, body }) =>
      within(() => {
        const text = JSON.stringify(body);
        statements.add.run(id, project, kind, workflow ?? null, author, authorName, run ?? null, madeAt, text);
        const open = { state: 'open', decidedBy: undefined, decidedAt: undefined, version: undefined } as const;
        return { id, project, kind, workflow, author, authorName, run, madeAt, body, ...open };
      }),
    list: ({ project, workflow = null, state = null, limit }) =>
      within(() =>
        statements.list.all(project, workflow, workflow, state, state, limit).flatMap((row) => readRow(row) ?? []),
      ),
    update: (id, { body, run }) =>
      within(() => statements.update.run(JSON.stringify(body), run ?? null, id).changes > 0),
    decide: (id, { state, by, at, workflow, version }) =>
      within(() => statements.decide.run(state, by, at, workflow ?? null, version ?? null, id).changes > 0),
  };
}

function readRow(row: ProposalRow | undefined): StoredProposal | undefined {
  if (row === undefined) return undefined;
  return {
    ...row,
    workflow: row.workflow ?? undefined,
    run: row.run ?? undefined,
    decidedBy: row.decidedBy ?? undefined,
    decidedAt: row.decidedAt ?? undefined,
    version: row.version ?? undefined,
    // Written by `add` and `update` from the same type.
    body: JSON.parse(row.body) as ProposalBody,
  };
}
