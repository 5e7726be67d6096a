import type { ConversationQuery, ConversationScope } from '@heddle/core';

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
