import {
  HeddleError,
  LabelLevel,
  SubjectKind,
  type ProjectRetentionRule,
  type RetentionRules,
  type Tables,
} from '@heddle/core';
import { lock } from '../../sql/lock.js';

interface Row {
  readonly project: string;
  readonly subject_kind: string;
  readonly level: number;
  readonly days: number;
}

/** Stores how long projects keep conversations and facts. @example await createRetentionRules(tables).list('default') */
export function createRetentionRules(tables: Tables): RetentionRules {
  return {
    async list(project) {
      const where = project === undefined ? '' : 'WHERE project = @project';
      const sql = `SELECT project, subject_kind, level, days FROM retention_rules ${where} ORDER BY project, subject_kind, level`;
      return (await tables.all<Row>(sql, project === undefined ? {} : { project })).map(ruleFrom);
    },
    write: { set },
  };
}

/** The lock serialises two people who set rules at once: the rules of the second one are kept. */
const set: RetentionRules['write']['set'] = (project, rules) => [
  lock(
    'projects',
    project,
    () => new HeddleError('project_not_found', `There is no project '${project.slice(0, 200)}'.`),
  ),
  { sql: 'DELETE FROM retention_rules WHERE project = @project', values: { project } },
  ...rules.map(({ subjects = '', level, days }) => ({
    sql: 'INSERT INTO retention_rules (project, subject_kind, level, days) VALUES (@project, @subjects, @level, @days)',
    values: { project, subjects, level: LabelLevel.options.indexOf(level), days },
  })),
];

function ruleFrom({ project, subject_kind: kind, level, days }: Row): ProjectRetentionRule {
  const subjects = SubjectKind.safeParse(kind);
  return {
    project,
    level: LabelLevel.options[level] ?? 'restricted',
    days,
    ...(subjects.success ? { subjects: subjects.data } : {}),
  };
}
