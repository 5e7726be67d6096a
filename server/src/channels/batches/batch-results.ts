import type { BatchStore } from '@heddle/adapters/channels';
import {
  csvCell,
  HeddleError,
  isAtMost,
  joinLabels,
  labelOf,
  publicLabel,
  type Audit,
  type BatchReply,
  type BatchRow,
  type LabelLevel,
  type Plan,
  type Principal,
} from '@heddle/core';
import type { PublishedRuns } from '../../publishing/runs/published-runs.js';

const pageSize = 200;

interface DownloadSources {
  readonly store: BatchStore;
  readonly published: PublishedRuns;
  readonly audit: Audit;
  readonly plan: Plan;
  readonly caller: Principal;
}

/** A row with its result. Outputs above the clearance are replaced by an error. */
type Result = BatchRow & { readonly outputs: Readonly<Record<string, unknown>>; readonly isRefused?: true };

/**
 * The results of a batch as lines; one page is in memory at a time. The file is a destination: outputs above the clearance of the batch or
 * of the version are left out, by the same check as for a webhook. The download is recorded, and so is what was left out.
 */
export async function downloadBatch(
  batch: Pick<BatchReply, 'id' | 'workflowId' | 'clearance'>,
  format: 'jsonl' | 'csv',
  parts: DownloadSources,
): Promise<AsyncGenerator<string>> {
  const { id, workflowId, clearance } = batch;
  const about = { who: parts.caller.id, subject: `workflow:${workflowId}` } as const;
  await parts.audit.write({ kind: 'export', ...about, details: { batch: id, format, clearance } });
  return lines();

  async function* lines(): AsyncGenerator<string> {
    const names = Object.keys(parts.plan.interface.outputs);
    const showsInputs = isAtMost(inputLevel(parts.plan), clearance);
    let refused = 0;
    if (format === 'csv') yield `${['row', 'status', 'run', 'error', 'code', ...names].map(csvCell).join(',')}\r\n`;
    for (let after = 0; ;) {
      const rows = await parts.store.rows(id, after, undefined, pageSize);
      const results = await Promise.all(rows.map((row) => resultOf(row, parts, clearance)));
      refused += results.filter(({ isRefused }) => isRefused).length;
      if (results.length > 0)
        yield results.map((result) => lineOf(showsInputs ? result : { ...result, inputs: {} }, format, names)).join('');
      if (rows.length < pageSize) break;
      after = rows.at(-1)?.number ?? after;
    }
    if (refused === 0 && showsInputs) return;
    const details = { decision: 'refused', destination: 'download', batch: id, clearance, showsInputs } as const;
    await parts.audit.write({ kind: 'egress', ...about, isAllowed: false, details: { ...details, rows: refused } });
  }
}

/** The highest label of the inputs of a version, from its input nodes. */
function inputLevel({ sources, nodes }: Plan): LabelLevel {
  return sources
    .flatMap((index) => nodes[index] ?? [])
    .map(({ definition, config }) => labelOf(definition.labelOf?.(config) ?? 'internal'))
    .reduce(joinLabels, publicLabel).level;
}

async function resultOf(
  row: BatchRow,
  { published, caller }: Pick<DownloadSources, 'published' | 'caller'>,
  clearance: LabelLevel,
): Promise<Result> {
  if (row.runId === undefined || (row.status !== 'done' && row.status !== 'failed')) return { ...row, outputs: {} };
  try {
    const { outputs, error } = await published.get(row.runId, caller, clearance);
    return { ...row, outputs, error: error?.message ?? row.error, code: error?.code ?? row.code };
  } catch (error) {
    if (!(error instanceof HeddleError)) throw error;
    const { code, message } = error;
    return { ...row, outputs: {}, error: message, code, ...(code === 'label_refused' ? { isRefused: true } : {}) };
  }
}

function lineOf(
  { number, status, runId, error, code, inputs, outputs }: Result,
  format: 'jsonl' | 'csv',
  names: readonly string[],
): string {
  if (format === 'jsonl') return `${JSON.stringify({ row: number, status, runId, inputs, outputs, error, code })}\n`;
  const values = names.map((name) => textOf(outputs[name]));
  return `${[String(number), status, runId ?? '', error ?? '', code ?? '', ...values].map(csvCell).join(',')}\r\n`;
}

const textOf = (value: unknown): string =>
  value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
