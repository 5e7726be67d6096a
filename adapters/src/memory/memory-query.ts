import {
  LabelLevel,
  type ConversationQuery,
  type ConversationScope,
  type StatementValues,
  type SweptAmong,
} from '@heddle/core';

interface Condition {
  readonly where: string;
  readonly values: StatementValues;
}

/**
 * Translates a query into an SQL condition. All queries share a few statement texts, so that databases can reuse their plans.
 *
 * @example conditionOf({ within: [{ project: 'default' }], limit: 10 }) // { where: '(project = @project)', values: { project: 'default' } }
 */
export function conditionOf({ within, workflow, subject, writtenBefore, after }: ConversationQuery): Condition {
  const scopes = conditionOfScopes(within);
  const parts = [scopes.where];
  const values: Record<string, string | number> = {};
  if (workflow !== undefined) {
    parts.push('workflow = @workflow');
    values['workflow'] = workflow;
  }
  if (subject !== undefined) {
    parts.push('subject = @subject');
    values['subject'] = subject;
  }
  if (writtenBefore !== undefined) {
    parts.push('updated_at < @writtenBefore');
    values['writtenBefore'] = writtenBefore;
  }
  if (after !== undefined) {
    parts.push('(updated_at, id) < (@afterTime, @afterId)');
    values['afterTime'] = after.updatedAt;
    values['afterId'] = after.id;
  }
  return { where: parts.join(' AND '), values: { ...scopes.values, ...values } };
}

/** The condition for rows that were last written before a time: all of them, or those in `among`. */
export function conditionOfDue(before: number, among?: SweptAmong): Condition {
  if (among === undefined) return { where: 'updated_at < @before', values: { before } };
  const { project, level, subjects } = among;
  const values = { before, project, level: LabelLevel.options.indexOf(level) };
  const where = 'updated_at < @before AND project = @project AND level >= @level';
  if (subjects === undefined) return { where, values };
  return {
    where: `${where} AND (subject = @kind OR substr(subject, 1, CAST(@length AS integer)) = @start)`,
    values: { ...values, kind: subjects, start: `${subjects}:`, length: subjects.length + 1 },
  };
}

/** The projects that several scopes name for the same subject, or for all subjects. */
interface Group {
  readonly subject: string | undefined;
  readonly projects: readonly string[];
}

function conditionOfScopes(within: readonly ConversationScope[]): Condition {
  const groups = new Map<string | undefined, Group>();
  for (const scope of within) {
    if ('isUnassigned' in scope) continue;
    const { project, subject } = scope;
    groups.set(subject, { subject, projects: [...(groups.get(subject)?.projects ?? []), project] });
  }
  const parts = [...groups.values()].map(conditionOfGroup);
  if (within.some((scope) => 'isUnassigned' in scope)) parts.push({ where: 'project IS NULL', values: {} });
  if (parts.length === 0) return { where: '1 = 0', values: {} };
  return {
    where: `(${parts.map(({ where }) => where).join(' OR ')})`,
    values: Object.assign({}, ...parts.map(({ values }) => values)) as StatementValues, // No two groups use the same parameter name.
  };
}

function conditionOfGroup({ subject, projects: [only, ...others], projects }: Group, number: number): Condition {
  const name = `of${number}`;
  const isOne = others.length === 0 && only !== undefined;
  const ofProjects = isOne ? `project = @${name}` : `project IN (EACH @${name})`;
  const values = { [name]: isOne ? only : JSON.stringify(projects) };
  if (subject === undefined) return { where: ofProjects, values };
  return {
    where: `(${ofProjects} AND subject = @${name}Subject)`,
    values: { ...values, [`${name}Subject`]: subject },
  };
}
