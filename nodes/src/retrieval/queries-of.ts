import { HeddleError } from '@heddle/core';
import { z } from 'zod';

const mostQueries = 20;

/**
 * The queries of a search: those of the list, each once, or the question if there is no list or it is empty.
 * Errors: `input_type` if the value is not a list of texts, `input_too_large` for more than 20.
 */
export function queriesOf(question: string, list: unknown): readonly string[] {
  if (list === undefined || list === null) return [question];
  const parsed = z.array(z.string()).safeParse(list);
  if (!parsed.success)
    throw new HeddleError(
      'input_type',
      'The queries are not a list of texts: connect the queries of a "rewrite" node, or a list.',
    );
  const queries = [...new Set(parsed.data.map((query) => query.trim()).filter((query) => query !== ''))];
  if (queries.length > mostQueries)
    throw new HeddleError(
      'input_too_large',
      `There are ${queries.length} queries; one search takes at most ${mostQueries}. Use fewer, or a "for each" node.`,
      { details: { queries: queries.length, limit: mostQueries } },
    );
  return queries.length === 0 ? [question] : queries;
}
