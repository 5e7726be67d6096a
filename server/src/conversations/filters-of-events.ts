import type { ConversationScope } from '@heddle/core';

/** The names of the given filters, for audit events. Their values are left out, because they may name people. */
export const namesOfFilters = (filters: object): readonly string[] =>
  Object.entries(filters).flatMap(([name, value]) => (value === undefined ? [] : [name]));

/** The project of an audit event, if the query covers only one project. */
export function scopeOf(within: readonly ConversationScope[]): { readonly project?: string } {
  const [first] = within;
  return within.length === 1 && first !== undefined && 'project' in first ? { project: first.project } : {};
}
