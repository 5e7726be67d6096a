import { LabelLevel, type ConversationQuery, type ConversationScope, type SweptAmong } from '@heddle/core';

/** A query as a condition of SQL, with the values of its parameters in their order. */
export interface Condition {
  readonly where: string;
  readonly values: readonly unknown[];
}

/** @example conditionOf({ within: [{ project: 'default' }], limit: 10 }) // { where: '(project = ?)', values: ['default'] } */
export function conditionOf(query: ConversationQuery): Condition {
  const { within, workflow, subject, writtenBefore, after } = query;
  const parts: Condition[] = [anyOf(within.map(scopeOf))];
  const add = (where: string, ...values: readonly unknown[]): void => void parts.push({ where, values });
  if (workflow !== undefined) add('workflow = ?', workflow);
  if (subject !== undefined) add('subject = ?', subject);
  if (writtenBefore !== undefined) add('updated_at < ?', writtenBefore);
  if (after !== undefined) add('(updated_at, id) < (?, ?)', after.updatedAt, after.id);
  return { where: parts.map(({ where }) => where).join(' AND '), values: parts.flatMap(({ values }) => values) };
}

/** Rows that were last written before a time, all or some, oldest first. */
export function dueOf(table: 'conversations' | 'facts', before: number, limit: number, among?: SweptAmong) {
  const values: unknown[] = [before];
  let where = 'updated_at < ?';
  if (among !== undefined) {
    where += ' AND project = ? AND level >= ?';
    values.push(among.project, LabelLevel.options.indexOf(among.level));
    if (among.subjects !== undefined) {
      where += " AND (subject = ? OR substr(subject, 1, ?) = ? || ':')";
      values.push(among.subjects, among.subjects.length + 1, among.subjects);
    }
  }
  return { sql: `SELECT number FROM ${table} WHERE ${where} ORDER BY updated_at LIMIT ${limit}`, values };
}

function scopeOf(scope: ConversationScope): Condition {
  if ('isUnassigned' in scope) return { where: 'project IS NULL', values: [] };
  const { project, subject } = scope;
  return subject === undefined
    ? { where: 'project = ?', values: [project] }
    : { where: '(project = ? AND subject = ?)', values: [project, subject] };
}

function anyOf(conditions: readonly Condition[]): Condition {
  if (conditions.length === 0) return { where: 'FALSE', values: [] };
  return {
    where: `(${conditions.map(({ where }) => where).join(' OR ')})`,
    values: conditions.flatMap(({ values }) => values),
  };
}
