import type { BatchCounts, BatchPreview, BatchReply } from '@heddle/core';
import { endProgress, printToStderr, showProgress, table } from '../../output.js';
import { onInterrupt } from '../context.js';

const pollMs = 250;

/** Follows a batch until it has ended, paused or was cancelled. Ctrl+C stops following; the batch goes on. */
export async function follow(batch: BatchReply, read: () => Promise<BatchReply>): Promise<BatchReply> {
  const watching = new AbortController();
  let last = batch;
  await onInterrupt(
    () => watching.abort(),
    async () => {
      while (!watching.signal.aborted && (last.status === 'running' || last.rows.running > 0)) {
        showProgress(countsText(last.rows));
        await new Promise((resolve) => setTimeout(resolve, pollMs));
        last = await read();
      }
    },
  );
  showProgress(countsText(last.rows));
  endProgress();
  if (watching.signal.aborted)
    printToStderr('It continues in a running server; follow it again with: heddle batches follow');
  return last;
}

/** For example `47 done, 3 failed of 50`. */
export function countsText({ waiting, running, done, failed, cancelled }: BatchCounts): string {
  const parts = Object.entries({ running, waiting, failed, cancelled }).filter(([, count]) => count > 0);
  const total = waiting + running + done + failed + cancelled;
  return `${[`${done} done`, ...parts.map(([name, count]) => `${count} ${name}`)].join(', ')} of ${total}`;
}

export function batchLines({ id, name, status, version, rows, cost, budget, reason }: BatchReply): readonly string[] {
  const money = `$${cost}${budget === undefined ? '' : ` of $${budget}`}`;
  return [
    `${name} (${id}): ${status}, version ${version}, ${countsText(rows)}, ${money}`,
    ...(reason === undefined ? [] : [reason]),
  ];
}

export function previewLines({ rows, bad, problems, names, columns, first, version }: BatchPreview): readonly string[] {
  const unused = names.filter((name) => !Object.values(columns).includes(name));
  return [
    `${rows} rows for version ${version}, ${bad} of them do not fit`,
    ...table(Object.entries(columns).map(([input, column]) => [`  ${input}`, `from ${column}`])),
    ...(unused.length === 0
      ? []
      : [`  not used: ${unused.join(', ')} (--column input=column assigns one to an input)`]),
    ...first.map(({ row, inputs }) => `  row ${row}: ${JSON.stringify(inputs).slice(0, 200)}`),
    ...problems.map(({ row, message }) => `  row ${row}: ${message}`),
  ];
}
