import type { ConversationQuery, ConversationScope } from '@heddle/core';

/** A query as a condition of SQL, with the values of its parameters in their order. */
export interface Condition {
  readonly where: string;
  readonly values: readonly unknown[];
}

/** @example conditionOf({ within: [{ project: 'default' }], limit: 10 }) // { where: '(project = ?)', values: ['default'] } */
export function conditionOf(query: ConversationQuery): Condition {
  const { within, workflow, subject, session, search, writtenBefore, after } = query;
  const parts: Condition[] = [anyOf(within.map(scopeOf))];
  const add = (where: string, ...values: readonly unknown[]): void => void parts.push({ where, values });
  if (workflow !== undefined) add('workflow = ?', workflow);
  if (subject !== undefined) add('subject = ?', subject);
  if (session !== undefined) add('session = ?', session);
  if (writtenBefore !== undefined) add('updated_at < ?', writtenBefore);
  if (after !== undefined) add('(updated_at, id) < (?, ?)', after.updatedAt, after.id);
  if (search !== undefined) {
    const like = `%${search.replace(/[\\%_]/g, '\\$&')}%`;
    // Messages are stored as JSON, in which some characters are written another way.
    const said = `%${JSON.stringify(search)
      .slice(1, -1)
      .replace(/[\\%_]/g, '\\$&')}%`;
    const turns = `SELECT 1 FROM conversation_turns JOIN conversation_keys AS keys ON keys.number = conversation
      WHERE conversation = conversations.number AND conversation_text(key, message) LIKE ? ESCAPE '\\'`;
    const names = ['session', 'subject', 'workflow'].map((column) => `${column} LIKE ? ESCAPE '\\'`);
    add(`(${names.join(' OR ')} OR EXISTS (${turns}))`, like, like, like, said);
  }
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
