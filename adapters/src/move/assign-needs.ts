import type { RunAcceptance } from '@heddle/core';
import { cleanText } from '../postgres/clean-text.js';
import type { Query } from '../postgres/query.js';

/** The class of a run, and what it needs of its worker. */
export type RunPlacing = Required<Pick<RunAcceptance, 'needs' | 'workerClass'>>;

/** Finds the needs of an unfinished run; undefined if they cannot be determined. */
export type NeedsOfUnfinished = (runId: string) => RunPlacing | undefined;

const pageSize = 200;

/**
 * Stores the needs of unfinished runs, which a data folder does not keep. Workers claim runs by these columns, and the stored acceptance of
 * a run contains the needs too.
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

/** A stored acceptance is a JSON object that is never empty, so the new members can be inserted before its first one. */
const update = `UPDATE runs SET class = p.class, needs = ARRAY(SELECT json_array_elements_text(p.needs::json)), acceptance = p.members || substr(acceptance, 2)
  FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) AS p(number, class, needs, members) WHERE runs.number = p.number`;

function columnsOf(placed: readonly (RunPlacing & { readonly number: number })[]): readonly unknown[] {
  // A need that Postgres cannot store matches no worker anyway; the run then reports that it has none.
  const clean = placed.map((run) => ({ ...run, needs: run.needs.map(cleanText) }));
  return [
    clean.map(({ number }) => number),
    clean.map(({ workerClass }) => workerClass),
    clean.map(({ needs }) => JSON.stringify(needs)),
    clean.map(({ needs, workerClass }) => `${JSON.stringify({ needs, workerClass }).slice(0, -1)},`),
  ];
}
