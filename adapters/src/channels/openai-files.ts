import type { GuardedWrite, HeddleError, Tables } from '@heddle/core';
import { isDone } from '../sql/is-done.js';

export interface FileOwner {
  readonly project: string;
  /** `Principal.id`. */
  readonly owner: string;
}

/** A file that a caller uploaded through the OpenAI files API, or a file with the results of a batch. */
export interface StoredOpenAiFile extends FileOwner {
  readonly id: string;
  readonly purpose: 'batch' | 'batch_output';
  readonly name: string;
  readonly bytes: number;
  /** The id of the stored content. */
  readonly blob: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export interface StoredOpenAiBatch extends FileOwner {
  readonly id: string;
  readonly workflow: string;
  /** The id of the batch in Heddle. */
  readonly batch: string;
  readonly body: unknown;
  /** The id of the stored content of its input file, which is kept until the results are written. */
  readonly input: string;
  readonly createdAt: number;
  readonly cancelledAt: number | null;
  readonly endedAt: number | null;
  readonly outputFile: string | null;
  readonly errorFile: string | null;
}

/** The limits of a project: another file is accepted while both sums are below them. */
export interface FileRoom {
  readonly files: number;
  readonly bytes: number;
  readonly otherwise: () => HeddleError;
}

const fileColumns =
  'id, project, owner, purpose, name, bytes, blob, created_at AS "createdAt", expires_at AS "expiresAt"';
const batchColumns = `id, project, owner, workflow, batch, body, input, created_at AS "createdAt", cancelled_at AS "cancelledAt",
  ended_at AS "endedAt", output_file AS "outputFile", error_file AS "errorFile"`;
const sums = 'SELECT count(*) AS files, coalesce(sum(bytes), 0) AS bytes FROM openai_files WHERE project = @project';

type BatchRow = Omit<StoredOpenAiBatch, 'body'> & { readonly body: string };

/** Stores the files and batches of OpenAI clients. Only their owner finds them. */
export function createOpenAiFiles(tables: Tables) {
  const batchFrom = (row: BatchRow): StoredOpenAiBatch => ({ ...row, body: JSON.parse(row.body) as unknown });
  const note = (sql: string, values: GuardedWrite['values']): Promise<void> => tables.note([{ sql, values }]);

  return {
    write: { insertFile, removeFile, insertBatch },
    /** Errors: the one of `room`; `conflict` if the project is gone. */
    addFile: (file: StoredOpenAiFile, room: FileRoom): Promise<void> => tables.commit(insertFileWithin(file, room)),
    findFile: (id: string, { owner, project }: FileOwner, now: number): Promise<StoredOpenAiFile | undefined> =>
      tables.get(
        `SELECT ${fileColumns} FROM openai_files WHERE id = @id AND owner = @owner AND project = @project AND expires_at > @now`,
        { id, owner, project, now },
      ),
    /** The newest first. */
    files: ({ owner, project }: FileOwner, now: number): Promise<readonly StoredOpenAiFile[]> =>
      tables.all(
        `SELECT ${fileColumns} FROM openai_files WHERE owner = @owner AND project = @project AND expires_at > @now ORDER BY created_at DESC, id DESC`,
        { owner, project, now },
      ),
    /** How many files a project has, and their bytes together. */
    sums: async (project: string): Promise<{ readonly files: number; readonly bytes: number }> =>
      (await tables.get(sums, { project })) ?? { files: 0, bytes: 0 },
    /** The next sweep of stored files removes the content. */
    removeExpired: (now: number): Promise<void> => note('DELETE FROM openai_files WHERE expires_at <= @now', { now }),
    async findBatch(id: string, { owner, project }: FileOwner): Promise<StoredOpenAiBatch | undefined> {
      const sql = `SELECT ${batchColumns} FROM openai_batches WHERE id = @id AND owner = @owner AND project = @project`;
      const row = await tables.get<BatchRow>(sql, { id, owner, project });
      return row === undefined ? undefined : batchFrom(row);
    },
    /** The newest first. */
    async batches({ owner, project }: FileOwner): Promise<readonly StoredOpenAiBatch[]> {
      const sql = `SELECT ${batchColumns} FROM openai_batches WHERE owner = @owner AND project = @project ORDER BY created_at DESC, id DESC`;
      return (await tables.all<BatchRow>(sql, { owner, project })).map(batchFrom);
    },
    cancelBatch: (id: string, now: number): Promise<void> =>
      note('UPDATE openai_batches SET cancelled_at = coalesce(cancelled_at, @now) WHERE id = @id', { id, now }),
    /**
     * Ends a batch with its result files, in the commit that `commit` makes. Returns false if another process wrote the results meanwhile.
     */
    endBatch: (
      id: string,
      now: number,
      files: { readonly output?: StoredOpenAiFile | undefined; readonly errors?: StoredOpenAiFile | undefined },
      commit: (writes: readonly GuardedWrite[]) => Promise<void>,
    ): Promise<boolean> => isDone(commit(endOf(id, now, files))),
  };
}

export type OpenAiFiles = ReturnType<typeof createOpenAiFiles>;

const insertFile = (file: StoredOpenAiFile): GuardedWrite => ({
  sql: `INSERT INTO openai_files (id, project, owner, purpose, name, bytes, blob, created_at, expires_at)
    VALUES (@id, @project, @owner, @purpose, @name, @bytes, @blob, @createdAt, @expiresAt)`,
  values: { ...file },
});

/** The lock on the project makes concurrent uploads wait for each other. */
function insertFileWithin(file: StoredOpenAiFile, { files, bytes, otherwise }: FileRoom): readonly GuardedWrite[] {
  const { project } = file;
  return [
    { sql: 'SELECT 1 FROM projects WHERE id = @project FOR UPDATE', values: { project }, rows: 1 },
    {
      sql: `SELECT 1 FROM (${sums}) AS held WHERE files < @files AND bytes < @bytes`,
      values: { project, files, bytes },
      rows: 1,
      otherwise,
    },
    insertFile(file),
  ];
}

const removeFile = (id: string): GuardedWrite => ({ sql: 'DELETE FROM openai_files WHERE id = @id', values: { id } });

/** Errors of the commit: `conflict` if the batch has ended already. */
function endOf(
  id: string,
  now: number,
  {
    output,
    errors,
  }: { readonly output?: StoredOpenAiFile | undefined; readonly errors?: StoredOpenAiFile | undefined },
): readonly GuardedWrite[] {
  return [
    {
      sql: `UPDATE openai_batches SET ended_at = @now, output_file = @output, error_file = @errors, input = ''
        WHERE id = @id AND ended_at IS NULL`,
      values: { id, now, output: output?.id ?? null, errors: errors?.id ?? null },
      rows: 1,
    },
    ...[output, errors].flatMap((file) => (file === undefined ? [] : [insertFile(file)])),
  ];
}

function insertBatch({ body, cancelledAt, endedAt, outputFile, errorFile, ...batch }: StoredOpenAiBatch): GuardedWrite {
  return {
    sql: `INSERT INTO openai_batches (id, project, owner, workflow, batch, body, input, created_at, cancelled_at, ended_at, output_file, error_file)
      VALUES (@id, @project, @owner, @workflow, @batch, @body, @input, @createdAt, @cancelledAt, @endedAt, @outputFile, @errorFile)`,
    values: { ...batch, body: JSON.stringify(body), cancelledAt, endedAt, outputFile, errorFile },
  };
}
