import {
  AbTest,
  HeddleError,
  type GuardedWrite,
  type LiveChange,
  type StatementValues,
  type Tables,
} from '@heddle/core';

interface TestRow {
  readonly number: number;
  readonly body: string;
}

interface NumberedTest {
  readonly number: number;
  readonly test: AbTest;
}

const readTest = ({ number, body }: TestRow): NumberedTest => ({ number, test: AbTest.parse(JSON.parse(body)) });

/** Reads A/B tests from the database. */
export function createAbTests(tables: Tables) {
  const byId = tables.lookup<TestRow>('SELECT number, body FROM ab_tests WHERE id = @id');
  const one = (row: TestRow | undefined): NumberedTest | undefined => (row === undefined ? undefined : readTest(row));
  const all = async (where: string, values: StatementValues = {}): Promise<readonly NumberedTest[]> =>
    (await tables.all<TestRow>(`SELECT number, body FROM ab_tests WHERE ${where}`, values)).map(readTest);
  return {
    get: async (id: string) => one(await byId({ id })),
    at: async (number: number) =>
      one(await tables.get<TestRow>('SELECT number, body FROM ab_tests WHERE number = @number', { number })),
    list: (workflowId: string) => all('workflow_id = @workflowId ORDER BY number DESC LIMIT 100', { workflowId }),
    running: () => all('ended_at IS NULL ORDER BY number'),
    since: (time: number) => all('ended_at IS NULL OR ended_at >= @time ORDER BY number', { time }),
  };
}

/**
 * Returns the writes that a change of the live version makes to the tests of its workflow; they belong in the commit of the change. A
 * running test that the change does not name ends as `replaced`, or as `unpublished` if no version is live afterwards. Errors: `conflict`
 * if the test changed since it was read.
 */
export async function testWrites(
  tables: Tables,
  workflowId: string,
  { test, live, at, who }: LiveChange,
): Promise<readonly GuardedWrite[]> {
  const sql = 'SELECT number, body FROM ab_tests WHERE workflow_id = @workflowId AND ended_at IS NULL';
  const row = await tables.get<TestRow>(sql, { workflowId });
  const running = row === undefined ? undefined : readTest(row).test;
  const about = test ?? running;
  const changed = (): HeddleError => (about === undefined ? otherTest(workflowId) : changedMeanwhile(about));
  const stays: GuardedWrite =
    row === undefined
      ? { sql, values: { workflowId }, rows: 0, otherwise: changed }
      : { sql: `${sql} AND body = @body`, values: { workflowId, body: row.body }, rows: 1, otherwise: changed };
  if (running !== undefined && row !== undefined && running.id === test?.id) {
    if (running.revision !== test.revision) throw changedMeanwhile(test);
    return [stays, saved(row.number, test)];
  }
  if (test !== undefined && test.revision > 0) throw changedMeanwhile(test);
  const outcome = live === undefined ? 'unpublished' : 'replaced';
  return [
    stays,
    ...(running === undefined || row === undefined
      ? []
      : [saved(row.number, { ...running, endedAt: at, endedBy: who, outcome })]),
    ...(test === undefined ? [] : [begun(workflowId, test)]),
  ];
}

const saved = (number: number, test: AbTest): GuardedWrite => ({
  sql: 'UPDATE ab_tests SET body = @body, ended_at = @end WHERE number = @number',
  values: { number, body: JSON.stringify({ ...test, revision: test.revision + 1 }), end: test.endedAt ?? null },
  rows: 1,
});

const begun = (workflowId: string, test: AbTest): GuardedWrite => ({
  sql: 'INSERT INTO ab_tests (id, workflow_id, body) VALUES (@id, @workflowId, @body)',
  values: { id: test.id, workflowId, body: JSON.stringify({ ...test, revision: 1 }) },
});

const otherTest = (workflowId: string): HeddleError =>
  new HeddleError('conflict', 'A test of this workflow began meanwhile: read it, and repeat the change.', {
    details: { workflow: workflowId },
  });

function changedMeanwhile({ id }: AbTest): HeddleError {
  return new HeddleError('conflict', 'The test was changed or ended meanwhile: read it again, and repeat the change.', {
    details: { test: id },
  });
}
