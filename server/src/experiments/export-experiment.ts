import type { ExperimentStore, StoredExperiment } from '@heddle/adapters/experiments';
import { csvCell } from '@heddle/core';

const pageSize = 500;

/** The scores of all cells, one per line, without inputs and answers. */
export async function* exportLines(
  store: ExperimentStore,
  { id, body }: StoredExperiment,
  format: 'csv' | 'jsonl',
): AsyncGenerator<string, void, void> {
  const metrics = body.metrics.map(({ name }) => name);
  if (format === 'csv')
    yield `${['row', 'variant', 'repeat', 'state', 'run', 'error', ...metrics].map(csvCell).join(',')}\r\n`;
  for (let after = 0; ;) {
    const rows = await store.rows(id, after, pageSize);
    const last = rows.at(-1);
    if (last === undefined) return;
    const ids = new Map(rows.map((row) => [row.number, row.id]));
    const lines: string[] = [];
    for (const { number, variant, repeat, state, run, error, figures } of await store.cells(id, after, last.number)) {
      const name = body.variants[variant - 1]?.name ?? '';
      const row = ids.get(number) ?? '';
      const code = error?.code;
      lines.push(
        format === 'jsonl'
          ? `${JSON.stringify({ row, variant: name, repeat, state, run, error: code, scores: figures })}\n`
          : `${[row, name, String(repeat), state, run ?? '', code ?? '', ...metrics.map((metric) => String(figures[metric] ?? ''))].map(csvCell).join(',')}\r\n`,
      );
    }
    yield lines.join('');
    after = last.number;
  }
}
