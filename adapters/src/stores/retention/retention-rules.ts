import { LabelLevel, SubjectKind, type ProjectRetentionRule, type RetentionRules } from '@heddle/core';
import type { HeddleDatabase } from '../../database/open-database.js';
import { withStorageErrors } from '../../database/storage-error.js';

interface Row {
  readonly project: string;
  readonly subject_kind: string;
  readonly level: number;
  readonly days: number;
}

/** Retention rules in heddle.db. @example createRetentionRules(database).list('default') */
export function createRetentionRules({ connection, file }: HeddleDatabase): RetentionRules {
  const all = connection.prepare<[], Row>('SELECT * FROM retention_rules ORDER BY project, subject_kind, level');
  const remove = connection.prepare<[string]>('DELETE FROM retention_rules WHERE project = ?');
  const add = connection.prepare<[string, string, number, number]>(
    'INSERT INTO retention_rules (project, subject_kind, level, days) VALUES (?, ?, ?, ?)',
  );
  return {
    list: (project) =>
      withStorageErrors(file, () =>
        all
          .all()
          .map(ruleFrom)
          .filter((rule) => project === undefined || rule.project === project),
      ),
    set: (project, rules) =>
      withStorageErrors(file, () =>
        connection
          .transaction(() => {
            remove.run(project);
            for (const { subjects = '', level, days } of rules)
              add.run(project, subjects, LabelLevel.options.indexOf(level), days);
          })
          .immediate(),
      ),
  };
}

function ruleFrom({ project, subject_kind: kind, level, days }: Row): ProjectRetentionRule {
  const subjects = SubjectKind.safeParse(kind);
  return {
    ...{ project, level: LabelLevel.options[level] ?? 'restricted', days },
    ...(subjects.success ? { subjects: subjects.data } : {}),
  };
}
