import type { GraphDocument, GraphPassage, GraphStore, GuardedWrite, Tables } from '@heddle/core';
import { z } from 'zod';

interface Row {
  readonly number: number;
  readonly passage: string;
  /** As JSON. */
  readonly found: string;
}

const Found = z.object({
  mentions: z.array(z.object({ entity: z.string(), passage: z.string(), name: z.string(), type: z.string() })),
  relations: z.array(z.object({ source: z.string(), target: z.string(), text: z.string(), passage: z.string() })),
});

const sql = {
  keep: `INSERT INTO graph_passages (collection, document, number, key, passage, found)
      VALUES (@collection, @document, @number, @key, @passage, @found)
    ON CONFLICT (collection, document, number) DO UPDATE
      SET key = excluded.key, passage = excluded.passage, found = excluded.found`,
  kept: `SELECT number, passage, found FROM graph_passages
    WHERE collection = @collection AND document = @document AND key = @key ORDER BY number`,
  counts: `SELECT document, key, count(*) AS passages FROM graph_passages WHERE collection = @collection
    GROUP BY document, key`,
};

/** Stores the results for some passages of a partly read document. */
export const passageWrites = (
  collection: string,
  { document, key }: Pick<GraphDocument, 'document' | 'key'>,
  passages: readonly GraphPassage[],
): readonly GuardedWrite[] =>
  passages.map(({ number, passage, found }) => ({
    sql: sql.keep,
    values: { collection, document, key, number, passage, found: JSON.stringify(found) },
  }));

/** Reads the stored results for partly read documents. */
export const storedPassages = (database: Pick<Tables, 'all'>): Pick<GraphStore, 'kept' | 'keptCounts'> => ({
  async kept(collection, { document, key }) {
    const rows = await database.all<Row>(sql.kept, { collection, document, key });
    return rows.map(({ found, ...one }) => ({ ...one, found: Found.parse(JSON.parse(found)) }));
  },
  keptCounts: (collection) => database.all(sql.counts, { collection }),
});
