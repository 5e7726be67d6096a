import {
  HeddleError,
  type GuardedWrite,
  type ProposalBody,
  type ProposalStore,
  type StoredProposal,
  type Tables,
} from '@heddle/core';

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

const columns = `id, project, kind, workflow, state, author, author_name AS "authorName", run, made_at AS "madeAt", decided_by AS "decidedBy",
  decided_at AS "decidedAt", version, body`;

/** Stores proposals in any database. @example const proposals = createProposalStore(sqliteTables(database)); */
export function createProposalStore(tables: Tables): ProposalStore {
  return {
    get: async (id) => {
      const row = await tables.get<ProposalRow>(`SELECT ${columns} FROM proposals WHERE id = @id`, { id });
      return row === undefined ? undefined : readRow(row);
    },
    list: async ({ project, workflow = null, state = null, limit }) => {
      const sql = `SELECT ${columns} FROM proposals WHERE project = @project AND (CAST(@workflow AS text) IS NULL OR workflow = @workflow)
        AND (CAST(@state AS text) IS NULL OR state = @state) ORDER BY number DESC LIMIT @limit`;
      return (await tables.all<ProposalRow>(sql, { project, workflow, state, limit })).map(readRow);
    },
    update: (id, { body, run }) =>
      tables.note([
        {
          sql: "UPDATE proposals SET body = @body, run = @run WHERE id = @id AND state = 'open'",
          values: { id, body: JSON.stringify(body), run: run ?? null },
          ...once,
        },
      ]),
    add: (given) => ({
      proposal: { ...given, state: 'open', decidedBy: undefined, decidedAt: undefined, version: undefined },
      writes: [insertion(given)],
    }),
    decide: (id, { state, by, at, workflow, version }) => [
      {
        sql: `UPDATE proposals SET state = @state, decided_by = @by, decided_at = @at, workflow = coalesce(@workflow, workflow),
          version = @version WHERE id = @id AND state = 'open'`,
        values: { id, state, by, at, workflow: workflow ?? null, version: version ?? null },
        ...once,
      },
    ],
  };
}

const insertion = (proposal: Parameters<ProposalStore['add']>[0]): GuardedWrite => {
  const { id, project, kind, workflow, author, authorName, run, madeAt, body } = proposal;
  return {
    sql: `INSERT INTO proposals (id, project, kind, workflow, state, author, author_name, run, made_at, body)
      VALUES (@id, @project, @kind, @workflow, 'open', @author, @authorName, @run, @madeAt, @body)`,
    values: {
      id,
      project,
      kind,
      author,
      authorName,
      madeAt,
      workflow: workflow ?? null,
      run: run ?? null,
      body: JSON.stringify(body),
    },
  };
};

/** Only an open proposal can be changed. */
const once: Pick<GuardedWrite, 'rows' | 'otherwise'> = {
  rows: 1,
  otherwise: () => new HeddleError('proposal_decided', 'Somebody decided about this proposal already.'),
};

const readRow = (row: ProposalRow): StoredProposal => ({
  ...row,
  workflow: row.workflow ?? undefined,
  run: row.run ?? undefined,
  decidedBy: row.decidedBy ?? undefined,
  decidedAt: row.decidedAt ?? undefined,
  version: row.version ?? undefined,
  // Written by `add` and `update` from the same type.
  body: JSON.parse(row.body) as ProposalBody,
});
