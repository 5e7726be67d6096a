import {
  EvaluatorSetup,
  type CalibrationPair,
  type CalibrationStore,
  type Clock,
  type StoredJudge,
} from '@heddle/core';
import { commitPowerSafe } from '../database/commit-power-safe.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

interface JudgeRow {
  readonly judge: string;
  readonly evaluator: string;
  readonly updatedAt: number;
}

/** Calibrations of judges, in heddle.db. Errors: `storage_*`. @example createCalibrationStore(database, clock).list('default') */
export function createCalibrationStore(database: HeddleDatabase, clock: Pick<Clock, 'now'>): CalibrationStore {
  const { connection, file } = database;
  const columns = 'judge, evaluator, updated_at AS updatedAt';
  const list = connection.prepare<[string], JudgeRow>(
    `SELECT ${columns} FROM judges WHERE project = ? ORDER BY updated_at DESC, judge`,
  );
  const find = connection.prepare<[string, string], JudgeRow>(
    `SELECT ${columns} FROM judges WHERE project = ? AND judge = ?`,
  );
  const pairs = connection.prepare<[string, string], CalibrationPair>(
    'SELECT subject, judged AS judge, person FROM judge_pairs WHERE project = ? AND judge = ? ORDER BY subject, who',
  );
  const write = connection.prepare<[string, string, string, number]>(`
    INSERT INTO judges (project, judge, evaluator, updated_at) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET updated_at = excluded.updated_at`);
  const writePair = connection.prepare<[string, string, string, string, number, number]>(
    'INSERT OR REPLACE INTO judge_pairs (project, judge, subject, who, judged, person) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const remove = connection.prepare<[string, string]>('DELETE FROM judges WHERE project = ? AND judge = ?');
  return {
    add: (project, { judge, evaluator }, added, who) =>
      commitPowerSafe(database, () => {
        write.run(project, judge, JSON.stringify(evaluator), clock.now());
        for (const pair of added) writePair.run(project, judge, pair.subject, who, pair.judge, pair.person);
      }),
    list: (project) => withStorageErrors(file, () => list.all(project).map(judgeOf)),
    find: (project, judge) =>
      withStorageErrors(file, () => {
        const row = find.get(project, judge);
        return row === undefined ? undefined : judgeOf(row);
      }),
    pairs: (project, judge) => withStorageErrors(file, () => pairs.all(project, judge)),
    remove: (project, judge) => {
      let isRemoved = false;
      commitPowerSafe(database, () => {
        isRemoved = remove.run(project, judge).changes > 0;
      });
      return isRemoved;
    },
  };
}

const judgeOf = ({ judge, evaluator, updatedAt }: JudgeRow): StoredJudge => ({
  judge,
  updatedAt,
  evaluator: EvaluatorSetup.parse(JSON.parse(evaluator)),
});
