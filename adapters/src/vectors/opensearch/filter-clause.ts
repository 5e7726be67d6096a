import { HeddleError, type Filter } from '@heddle/core';
import { maxDepth, presenceTerm, termStart, valueTerm } from '../shared/field-terms.js';

type Clause = Readonly<Record<string, unknown>>;

/** Converts a filter into a query clause. Errors: `filter_invalid`. */
export function filterClause(filter: Filter, depth = 0): Clause {
  if (depth > maxDepth)
    throw new HeddleError(
      'filter_invalid',
      `The filter has more than ${maxDepth} levels: join its conditions in fewer levels.`,
    );
  const inner = (filters: readonly Filter[]): readonly Clause[] => filters.map((one) => filterClause(one, depth + 1));
  switch (filter.op) {
    case 'and':
      return { bool: { filter: inner(filter.filters) } };
    case 'or':
      return { bool: { should: inner(filter.filters), minimum_should_match: 1 } };
    case 'not':
      return { bool: { must_not: inner([filter.filter]) } };
    case 'exists':
      return { term: { fields: presenceTerm(filter.field) } };
    case 'eq':
      return { term: { fields: valueTerm(filter.field, filter.value) } };
    case 'in':
      return { terms: { fields: [...new Set(filter.value.map((value) => valueTerm(filter.field, value)))] } };
    default:
      return { range: { fields: rangeOf(filter) } };
  }
}

/** The range from or up to a value, limited to values of its field and type. */
function rangeOf({ op, field, value }: Extract<Filter, { op: 'gt' | 'gte' | 'lt' | 'lte' }>): Clause {
  const wanted = valueTerm(field, value);
  const first = termStart(field, value);
  // No value contains a greater character, so this is above all values of the field.
  const end = `${first}\u{10FFFF}`;
  return op === 'gt' || op === 'gte' ? { [op]: wanted, lt: end } : { gte: first, [op]: wanted };
}
