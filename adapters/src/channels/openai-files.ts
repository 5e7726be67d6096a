import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

/** Who a file or a batch belongs to. */
export interface FileOwner {
  readonly project: string;
  /** `Principal.id`. */
  readonly owner: string;
}

/** A file of a caller. */
export interface StoredOpenAiFile extends FileOwner {
  readonly id: string;
  readonly purpose: 'batch' | 'batch_output';
  readonly name: string;
  readonly bytes: number;
  /** The stored content. */
  readonly blob: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** A batch that was begun with a file. */
export interface StoredOpenAiBatch extends FileOwner {
  readonly id: string;
  readonly workflow: string;
  /** The batch of the workflow. */
  readonly batch: string;
  readonly body: unknown;
  /** The stored content of its file, which stays until the results are written. */
  readonly input: string;
  readonly createdAt: number;
  readonly cancelledAt: number | null;
  /** When its results were written. */
  readonly endedAt: number | null;
  readonly outputFile: string | null;
  readonly errorFile: string | null;
}

const fileColumns = 'id, project, owner, purpose, name, bytes, blob, created_at AS createdAt, expires_at AS expiresAt';
const batchColumns =
  'id, project, owner, workflow, batch, body, input, created_at AS createdAt, cancelled_at AS cancelledAt, ended_at AS endedAt, output_file AS outputFile, error_file AS errorFile';

type BatchRow = Omit<StoredOpenAiBatch, 'body'> & { readonly body: string };

function statementsOf(connection: HeddleDatabase['connection']) {
  return {
    insertFile: connection.prepare<[StoredOpenAiFile]>(
      'INSERT INTO openai_files (id, project, owner, purpose, name, bytes, blob, created_at, expires_at) VALUES (@id, @project, @owner, @purpose, @name, @bytes, @blob, @createdAt, @expiresAt)',
    ),
    fileOf: connection.prepare<[string, string, string, number], StoredOpenAiFile>(
      `SELECT ${fileColumns} FROM openai_files WHERE id = ? AND owner = ? AND project = ? AND expires_at > ?`,
    ),
    filesOf: connection.prepare<[string, string, number], StoredOpenAiFile>(
      `SELECT ${fileColumns} FROM openai_files WHERE owner = ? AND project = ? AND expires_at > ? ORDER BY created_at DESC, id DESC`,
    ),
    sumsOf: connection.prepare<[string], { readonly files: number; readonly bytes: number }>(
      'SELECT count(*) AS files, coalesce(sum(bytes), 0) AS bytes FROM openai_files WHERE project = ?',
    ),
    removeFile: connection.prepare<[string]>('DELETE FROM openai_files WHERE id = ?'),
    removeExpired: connection.prepare<[number]>('DELETE FROM openai_files WHERE expires_at <= ?'),
    insertBatch: connection.prepare<[Record<string, unknown>]>(
      'INSERT INTO openai_batches (id, project, owner, workflow, batch, body, input, created_at) VALUES (@id, @project, @owner, @workflow, @batch, @body, @input, @createdAt)',
    ),
    batchOf: connection.prepare<[string, string, string], BatchRow>(
      `SELECT ${batchColumns} FROM openai_batches WHERE id = ? AND owner = ? AND project = ?`,
    ),
    batchesOf: connection.prepare<[string, string], BatchRow>(
      `SELECT ${batchColumns} FROM openai_batches WHERE owner = ? AND project = ? ORDER BY created_at DESC, id DESC`,
    ),
    cancel: connection.prepare<[number, string]>(
      'UPDATE openai_batches SET cancelled_at = coalesce(cancelled_at, ?) WHERE id = ?',
    ),
    end: connection.prepare<[number, string | null, string | null, string]>(
      "UPDATE openai_batches SET ended_at = ?, output_file = ?, error_file = ?, input = '' WHERE id = ? AND ended_at IS NULL",
    ),
  };
}

/** Files and batches of OpenAI's clients. Each is found by its owner alone. */
export function createOpenAiFiles({ connection, file }: HeddleDatabase) {
  const {
    insertFile,
    fileOf,
    filesOf,
    sumsOf,
    removeFile,
    removeExpired,
    insertBatch,
    batchOf,
    batchesOf,
    cancel,
    end,
  } = statementsOf(connection);
  const read = <T>(work: () => T): T => withStorageErrors(file, work);
  const batchFrom = (row: BatchRow): StoredOpenAiBatch => ({ ...row, body: JSON.parse(row.body) as unknown });

  return {
    /** Plain SQL, for a transaction that is open already. */
    insertFile: (stored: StoredOpenAiFile): void => read(() => void insertFile.run(stored)),
    findFile: (id: string, { owner, project }: FileOwner, now: number): StoredOpenAiFile | undefined =>
      read(() => fileOf.get(id, owner, project, now)),
    /** The newest first. */
    files: ({ owner, project }: FileOwner, now: number): readonly StoredOpenAiFile[] =>
      read(() => filesOf.all(owner, project, now)),
    /** What a project has of files. */
    sums: (project: string): { readonly files: number; readonly bytes: number } =>
      read(() => sumsOf.get(project) ?? { files: 0, bytes: 0 }),
    removeFile: (id: string): void => read(() => void removeFile.run(id)),
    /** The content goes with the next sweep of stored files. */
    removeExpired: (now: number): number => read(() => removeExpired.run(now).changes),
    insertBatch: ({ body, ...batch }: StoredOpenAiBatch): void =>
      read(() => void insertBatch.run({ ...batch, body: JSON.stringify(body) })),
    findBatch(id: string, { owner, project }: FileOwner): StoredOpenAiBatch | undefined {
      const row = read(() => batchOf.get(id, owner, project));
      return row === undefined ? undefined : batchFrom(row);
    },
    /** The newest first. */
    batches: ({ owner, project }: FileOwner): readonly StoredOpenAiBatch[] =>
      read(() => batchesOf.all(owner, project)).map(batchFrom),
    cancelBatch: (id: string, now: number): void => read(() => void cancel.run(now, id)),
    /** False where the results were written already. */
    endBatch: (id: string, now: number, files: { readonly output?: string; readonly errors?: string }): boolean =>
      read(() => end.run(now, files.output ?? null, files.errors ?? null, id).changes > 0),
  };
}

export type OpenAiFiles = ReturnType<typeof createOpenAiFiles>;
