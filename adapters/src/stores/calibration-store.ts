import {
  EvaluatorSetup,
  HeddleError,
  type CalibrationPair,
  type CalibrationStore,
  type Clock,
  type StoredJudge,
  type Tables,
} from '@heddle/core';

interface JudgeRow {
  readonly judge: string;
  readonly evaluator: string;
  readonly updatedAt: number;
}

/**
 * Stores calibrations of judges. Errors: `storage_*`, `database_*`.
 *
 * @example await createCalibrationStore(sqliteTables(database), clock).list('default')
 */
export function createCalibrationStore(tables: Tables, clock: Pick<Clock, 'now'>): CalibrationStore {
  const judges = 'SELECT judge, evaluator, updated_at AS "updatedAt" FROM judges WHERE project = @project';
  return {
    add: (project, { judge, evaluator }, added, who) => [
      {
        sql: `INSERT INTO judges (project, judge, evaluator, updated_at) VALUES (@project, @judge, @evaluator, @now)
          ON CONFLICT (project, judge) DO UPDATE SET updated_at = excluded.updated_at`,
        values: { project, judge, evaluator: JSON.stringify(evaluator), now: clock.now() },
      },
      ...added.map(({ subject, judge: judged, person }) => ({
        sql: `INSERT INTO judge_pairs (project, judge, subject, who, judged, person)
          VALUES (@project, @judge, @subject, @who, @judged, @person)
          ON CONFLICT (project, judge, subject, who) DO UPDATE SET judged = excluded.judged, person = excluded.person`,
        values: { project, judge, subject, who, judged, person },
      })),
    ],
    list: async (project) => {
      const rows = await tables.all<JudgeRow>(`${judges} ORDER BY updated_at DESC, judge`, { project });
      return rows.map(judgeOf);
    },
    find: async (project, judge) => {
      const row = await tables.get<JudgeRow>(`${judges} AND judge = @judge`, { project, judge });
      return row === undefined ? undefined : judgeOf(row);
    },
    pairs: (project, judge) =>
      tables.all<CalibrationPair>(
        'SELECT subject, judged AS judge, person FROM judge_pairs WHERE project = @project AND judge = @judge ORDER BY subject, who',
        { project, judge },
      ),
    remove: (project, judge) => [
      {
        sql: 'DELETE FROM judges WHERE project = @project AND judge = @judge',
        values: { project, judge },
        rows: 1,
        otherwise: () => new HeddleError('not_found', `There is no calibration of a judge '${judge}' in this project.`),
      },
    ],
  };
}

const judgeOf = ({ judge, evaluator, updatedAt }: JudgeRow): StoredJudge => ({
  judge,
  updatedAt,
  evaluator: EvaluatorSetup.parse(JSON.parse(evaluator)),
});
