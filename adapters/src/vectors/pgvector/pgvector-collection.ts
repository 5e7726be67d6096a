import type {
  CollectionInfo,
  DocumentInfo,
  Passage,
  PassagePosition,
  SetReaders,
  StoredDocument,
  VectorCollection,
  VectorQuery,
  VisibleTo,
} from '@heddle/core';
import { checkDocuments, checkQuery, checkTitleWeight } from '../check-input.js';
import { cleanText } from '../../postgres/clean-text.js';
import { readRow, infoOf, type CollectionRow } from './collection-row.js';
import type { Connection } from './connection.js';
import type { Query } from '../../postgres/query.js';
import { passageColumns, toDocumentInfo, toPassage, type DocumentRow, type StoredRow } from './read-passages.js';
import type { ServerFacts, Tables } from './schema.js';
import { parseVector, searchPgvector, visiblePassages } from './search-pgvector.js';
import { removeDocuments, setLists, writeDocuments, type Change } from './write-documents.js';

/** pgvector indexes vectors up to this many dimensions. */
const mostIndexed = 2_000;

interface PgvectorLocation {
  readonly connection: Connection;
  readonly name: string;
  readonly dimensions: number;
  readonly indexFrom: number;
}

type Row = CollectionRow & { readonly tables: Tables };

/** One collection of the pgvector store. Its name identifies it, also after a rename. */
export class PgvectorCollection implements VectorCollection {
  readonly name: string;
  private readonly location: PgvectorLocation;

  constructor(location: PgvectorLocation) {
    this.location = location;
    this.name = location.name;
  }

  info(): Promise<CollectionInfo> {
    return this.read((_query, row) => Promise.resolve(infoOf(row)));
  }

  async put(documents: readonly StoredDocument[]): Promise<void> {
    checkDocuments(this.name, this.location.dimensions, documents);
    const last = [...new Map(documents.map((stored) => [stored.document.id, stored])).values()];
    if (last.length === 0) return;
    await this.write((query, { tables }) => writeDocuments(query, tables, last, Date.now()));
    await this.makeIndex();
  }

  async delete(documentIds: readonly string[]): Promise<number> {
    if (documentIds.length === 0) return 0;
    const removed = await this.write(async (query, { tables }) => {
      const gone = await removeDocuments(query, tables, documentIds.map(cleanText));
      const { documents, passages, tokens, restricted } = gone;
      return { documents: -documents, passages: -passages, tokens: -tokens, restricted: -restricted, languages: [] };
    });
    return -removed.documents;
  }

  async setReaders(changes: readonly SetReaders[]): Promise<number> {
    if (changes.length === 0) return 0;
    const { found } = await this.write((query, { tables }) => setLists(query, tables, changes));
    return found;
  }

  documents({ after = '', limit = 1000 }: { readonly after?: string; readonly limit?: number } = {}): Promise<
    readonly DocumentInfo[]
  > {
    return this.read(async (query, { tables }) => {
      const rows = await query<DocumentRow>(`SELECT * FROM ${tables.documents} WHERE id > $1 ORDER BY id LIMIT $2`, [
        ...[cleanText(after), limit],
      ]);
      return rows.map(toDocumentInfo);
    });
  }

  document(id: string): Promise<DocumentInfo | undefined> {
    return this.read(async (query, { tables }) => {
      const [row] = await query<DocumentRow>(`SELECT * FROM ${tables.documents} WHERE id = $1`, [cleanText(id)]);
      return row === undefined ? undefined : toDocumentInfo(row);
    });
  }

  passages(documentId: string): Promise<readonly Passage[]> {
    return this.read((query, row) => this.passagesWhere(query, row, 'p.document = $1', [cleanText(documentId)]));
  }

  vectors(documentId: string): Promise<ReadonlyMap<string, Float32Array>> {
    return this.read(async (query, { tables }) => {
      const rows = await query<{ readonly passage: string; readonly vector: string }>(
        `SELECT passage, vector::text AS vector FROM ${tables.passages} WHERE document = $1`,
        [cleanText(documentId)],
      );
      return new Map(rows.map(({ passage, vector }) => [passage, parseVector(vector)]));
    });
  }

  async search(query: VectorQuery): Promise<readonly Passage[]> {
    checkQuery(this.name, this.location.dimensions, query);
    checkTitleWeight(this.name, 'pgvector', query);
    return this.read(async (ask, row, facts) => {
      if (row.passages >= this.location.indexFrom && facts.hasIterativeScans) {
        await ask(`SET LOCAL hnsw.ef_search = ${Math.min(1_000, Math.max(200, 2 * query.k))}`);
        await ask('SET LOCAL hnsw.iterative_scan = strict_order');
      }
      return searchPgvector({ query: ask, row, asked: query });
    }, query.signal);
  }

  visible(positions: readonly PassagePosition[], to: VisibleTo): Promise<ReadonlySet<string>> {
    return this.read((query, row) => visiblePassages(query, row, positions, to), to.signal);
  }

  neighbours(passageId: string, before: number, after: number): Promise<readonly Passage[]> {
    return this.read(async (query, row) => {
      const [centre] = await query<{ readonly document: string; readonly position: number }>(
        `SELECT document, position FROM ${row.tables.passages} WHERE passage = $1`,
        [cleanText(passageId)],
      );
      if (centre === undefined) return [];
      const { document, position } = centre;
      const range = [document, position - before, position + after];
      return this.passagesWhere(query, row, 'p.document = $1 AND p.position BETWEEN $2 AND $3', range);
    });
  }

  note(key: string): Promise<string | undefined> {
    return this.read(async (query, { tables }) => {
      const [note] = await query<{ readonly text: string }>(`SELECT text FROM ${tables.notes} WHERE key = $1`, [
        cleanText(key),
      ]);
      return note?.text;
    });
  }

  async setNote(key: string, text: string | undefined): Promise<void> {
    await this.read(async (query, { tables }) =>
      text === undefined
        ? query(`DELETE FROM ${tables.notes} WHERE key = $1`, [cleanText(key)])
        : query(`INSERT INTO ${tables.notes} VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET text = excluded.text`, [
            cleanText(key),
            cleanText(text),
          ]),
    );
  }

  private async passagesWhere(
    query: Query,
    { tables }: Row,
    condition: string,
    values: readonly unknown[],
  ): Promise<readonly Passage[]> {
    const rows = await query<StoredRow>(
      `SELECT ${passageColumns} FROM ${tables.passages} p JOIN ${tables.documents} d ON d.id = p.document
       WHERE ${condition} ORDER BY p.position`,
      values,
    );
    return rows.map((row) => toPassage(row, this.name));
  }

  private read<Result>(
    work: (query: Query, row: Row, facts: ServerFacts) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result> {
    const { connection, name } = this.location;
    return connection.transaction(async (query, facts) => work(query, await readRow(query, facts, name), facts), {
      collection: name,
      signal,
    });
  }

  /** Writes in one transaction and updates the collection's counts. Only one writer runs at a time. */
  private write<Made extends Change>(work: (query: Query, row: Row) => Promise<Made>): Promise<Made> {
    const { connection, name } = this.location;
    return connection.transaction(
      async (query, facts) => {
        const row = await readRow(query, facts, name, true);
        const change = await work(query, row);
        await query(
          `UPDATE ${facts.schema}.collections SET documents = documents + $2, passages = passages + $3, tokens = tokens + $4,
             languages = ARRAY(SELECT DISTINCT unnest(languages || $5::text[])), updated_at = $6, restricted = restricted + $7 WHERE id = $1`,
          [
            ...[row.id, change.documents, change.passages, change.tokens, change.languages, Date.now()],
            change.restricted,
          ],
        );
        return change;
      },
      { collection: name },
    );
  }

  /** Builds the approximate index of a large collection, once and by one program. Searches go on in the meantime, other writes wait. */
  private async makeIndex(): Promise<void> {
    const { connection, name, indexFrom } = this.location;
    const isNeeded = await this.read(
      async (query, row, { hasIterativeScans }) =>
        hasIterativeScans &&
        row.passages >= indexFrom &&
        row.dimensions <= mostIndexed &&
        !(await hasIndex(query, row)),
    );
    if (!isNeeded) return;
    await connection.transaction(
      async (query, facts) => {
        const row = await readRow(query, facts, name, true);
        if (await hasIndex(query, row)) return;
        await query('SET LOCAL statement_timeout = 0');
        await query(`CREATE INDEX ${row.tables.index} ON ${row.tables.passages} USING hnsw (vector vector_ip_ops)`);
      },
      { collection: name },
    );
  }
}

/** Checked before the index is built, because `IF NOT EXISTS` would wait for all writers of the table. */
async function hasIndex(query: Query, { tables }: Row): Promise<boolean> {
  const [found] = await query<{ readonly exists: boolean }>(
    'SELECT EXISTS (SELECT 1 FROM pg_index WHERE indrelid = $1::regclass AND indexrelid::regclass::text LIKE $2) AS exists',
    [tables.passages, `%${tables.index}`],
  );
  return found?.exists === true;
}
