import type { RunAcceptance } from '@heddle/core';
import { cleanText } from '../postgres/clean-text.js';
import type { Query } from '../postgres/query.js';

/** What a run needs of its worker, and its class. */
export type RunPlacing = Required<Pick<RunAcceptance, 'needs' | 'workerClass'>>;

/** Gives what an unfinished run needs; undefined where that cannot be known. */
export type NeedsOfUnfinished = (runId: string) => RunPlacing | undefined;

/** Runs that are changed by one statement. */
const pageSize = 200;

/**
 * Stores what unfinished runs need of their workers, which a data folder does not keep. Workers claim runs by these columns; the stored
 * acceptance of a run has the needs too.
 */
export async function assignNeeds(query: Query, needsOf: NeedsOfUnfinished): Promise<void> {
  for (let after: number | undefined = 0; after !== undefined;) {
    const runs: readonly UnfinishedRun[] = await query<UnfinishedRun>(
      `SELECT number::float8 AS number, id FROM runs WHERE ended_at IS NULL AND number > $1 ORDER BY number LIMIT ${pageSize}`,
      [after],
    );
    const placed = runs.flatMap(({ number, id }) => {
      const placing = needsOf(id);
      return placing === undefined ? [] : [{ number, ...placing }];
    });
    if (placed.length > 0) await query(update, columnsOf(placed));
    after = runs.at(-1)?.number;
  }
}

interface UnfinishedRun {
  readonly number: number;
  readonly id: string;
}

/** What a run was accepted with is a JSON object that is not empty: the members go before its first one. */
const update = `UPDATE runs SET class = p.class, needs = ARRAY(SELECT json_array_elements_text(p.needs::json)), acceptance = p.members || substr(acceptance, 2)
  FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) AS p(number, class, needs, members) WHERE runs.number = p.number`;

function columnsOf(placed: readonly (RunPlacing & { readonly number: number })[]): readonly unknown[] {
  // No worker has what a database cannot name, and the run says so.
  const clean = placed.map((run) => ({ ...run, needs: run.needs.map(cleanText) }));
  return [
    clean.map(({ number }) => number),
    clean.map(({ workerClass }) => workerClass),
    clean.map(({ needs }) => JSON.stringify(needs)),
    clean.map(({ needs, workerClass }) => `${JSON.stringify({ needs, workerClass }).slice(0, -1)},`),
  ];
}
