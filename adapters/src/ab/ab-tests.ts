import { AbTest, HeddleError, type LiveChange } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';

interface TestRow {
  readonly number: number;
  readonly body: string;
}

/** A test with the number that its rows have. */
export interface NumberedTest {
  readonly number: number;
  readonly test: AbTest;
}

const readTest = ({ number, body }: TestRow): NumberedTest => ({ number, test: AbTest.parse(JSON.parse(body)) });

/** Reads tests. */
export function createAbTests({ connection }: HeddleDatabase) {
  const byId = connection.prepare<[string], TestRow>('SELECT number, body FROM ab_tests WHERE id = ?');
  const byNumber = connection.prepare<[number], TestRow>('SELECT number, body FROM ab_tests WHERE number = ?');
  const ofWorkflow = connection.prepare<[string], TestRow>(
    'SELECT number, body FROM ab_tests WHERE workflow_id = ? ORDER BY number DESC LIMIT 100',
  );
  const running = connection.prepare<[], TestRow>('SELECT number, body FROM ab_tests WHERE ended_at IS NULL');
  const since = connection.prepare<[number], TestRow>(
    'SELECT number, body FROM ab_tests WHERE ended_at IS NULL OR ended_at >= ? ORDER BY number',
  );
  const optional = (row: TestRow | undefined): NumberedTest | undefined =>
    row === undefined ? undefined : readTest(row);
  return {
    get: (id: string) => optional(byId.get(id)),
    at: (number: number) => optional(byNumber.get(number)),
    list: (workflowId: string) => ofWorkflow.all(workflowId).map(readTest),
    running: () => running.all().map(readTest),
    since: (time: number) => since.all(time).map(readTest),
  };
}

/**
 * What moving a live pointer does to the tests of its workflow: plain SQL, for the transaction that moves it. A test that changed since it was read is a
 * `conflict`. Before it ends for another reason, a running test that is not the one of the change ends as replaced or unpublished.
 */
export function createTestChanges({ connection }: HeddleDatabase): (workflowId: string, change: LiveChange) => void {
  const runningOf = connection.prepare<[string], TestRow>(
    'SELECT number, body FROM ab_tests WHERE workflow_id = ? AND ended_at IS NULL',
  );
  const insert = connection.prepare<[string, string, string]>(
    'INSERT INTO ab_tests (id, workflow_id, body) VALUES (?, ?, ?)',
  );
  const write = connection.prepare<[string, number | null, number]>(
    'UPDATE ab_tests SET body = ?, ended_at = ? WHERE number = ?',
  );
  const save = (number: number, test: AbTest): void => {
    const next: AbTest = { ...test, revision: test.revision + 1 };
    write.run(JSON.stringify(next), next.endedAt ?? null, number);
  };
  return (workflowId, { test, live, at, who }) => {
    const row = runningOf.get(workflowId);
    const running = row === undefined ? undefined : readTest(row);
    if (running !== undefined && running.test.id === test?.id) {
      if (running.test.revision !== test.revision) throw changedMeanwhile(test);
      save(running.number, test);
      return;
    }
    if (test !== undefined && test.revision > 0) throw changedMeanwhile(test);
    if (running !== undefined) {
      const outcome = live === undefined ? 'unpublished' : 'replaced';
      save(running.number, { ...running.test, endedAt: at, endedBy: who, outcome });
    }
    if (test !== undefined) insert.run(test.id, workflowId, JSON.stringify({ ...test, revision: 1 }));
  };
}

function changedMeanwhile({ id }: AbTest): HeddleError {
  return new HeddleError('conflict', 'The test was changed or ended meanwhile: read it again, and repeat the change.', {
    details: { test: id },
  });
}
