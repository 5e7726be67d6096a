import { HeddleError } from '@heddle/core';
import { failpoint } from '../../database/failpoint.js';
import { codeOf } from '../../database/storage-error.js';
import { differing, digestRows, rowsOf, type Digests } from './digest-rows.js';
import type { MovedTable } from './row-forms.js';
import type { OnProgress, RowSource, RowTarget, TableProgress } from './row-store.js';

interface MoveRowsOptions {
  readonly source: RowSource;
  readonly target: RowTarget;
  readonly tables: readonly MovedTable[];
  readonly digests: Digests;
  /** Whether an earlier move has already written rows to the target. */
  readonly isContinued: boolean;
  readonly onProgress?: OnProgress | undefined;
}

/**
 * Copies every row and proves that the target equals the source: the same number of rows in each table, and the same hash of their
 * contents. If a continued move finds that the source has changed in the meantime, it starts again. Errors: `move_differs`, and those of
 * both sides.
 */
export async function moveRows(options: MoveRowsOptions): Promise<void> {
  const { target, isContinued } = options;
  try {
    await copyAndProve(options);
  } catch (error) {
    if (!isContinued || !isChanged(error)) throw error;
    await target.startOver();
    await copyAndProve(options);
  }
}

/** Whether an error shows that the source has changed since the earlier move: other contents, or a row with a key that another row had. */
const isChanged = (error: unknown): boolean =>
  error instanceof HeddleError &&
  (error.code === 'move_differs' || /^(?:23|SQLITE_CONSTRAINT)/.test(codeOf(error.cause) ?? ''));

async function copyAndProve(options: MoveRowsOptions): Promise<void> {
  const { target, tables, digests, onProgress } = options;
  await copyRows(options);
  failpoint('move-copied');
  const there = await digestRows(target, tables, { step: 'prove', onProgress, total: rowsOf(digests) });
  const names = differing(digests, there);
  const [name] = names;
  if (name === undefined) return;
  const one = digests.get(name);
  const other = there.get(name);
  throw new HeddleError(
    'move_differs',
    `The table ${name} has ${other?.rows ?? 0} rows in ${target.name} and ${one?.rows ?? 0} in ${options.source.name}, or their contents differ${names.length > 1 ? ` (and ${names.length - 1} more tables)` : ''}. The source is unchanged: move it again with --start-over, and report this if it happens again.`,
    { details: { tables: names } },
  );
}

async function copyRows({ source, target, digests, onProgress }: MoveRowsOptions): Promise<void> {
  const total = rowsOf(digests);
  const known = await target.progress();
  let done = [...known.values()].reduce((sum, { rows }) => sum + rows, 0);
  for (const table of await target.order()) {
    const isEmpty = digests.get(table)?.rows === 0;
    let before: TableProgress = known.get(table) ?? { after: undefined, rows: 0, isDone: isEmpty };
    while (!before.isDone) {
      const { rows, after } = await source.read(table, before.after);
      const now = { after: after ?? before.after, rows: before.rows + rows.length, isDone: after === undefined };
      await target.write(table, rows, before, now);
      done += rows.length;
      onProgress?.({ step: 'copy', table, done, total });
      before = now;
      failpoint('move-batch');
    }
  }
}
