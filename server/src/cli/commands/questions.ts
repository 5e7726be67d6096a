import { HeddleError, QuestionKind, QuestionsReport, withoutUndefined, type QuestionsRequest } from '@heddle/core';
import type { Command } from 'commander';
import { followJob } from '../client/jobs.js';
import { print, printJson, table } from '../output.js';
import { withClient } from './context.js';
import { requireDataset } from './datasets.js';
import type { JsonOption } from './parse-argument.js';

interface QuestionOptions extends JsonOption {
  readonly collection: string;
  readonly model: string;
  readonly count: number;
  readonly kind: readonly string[];
  readonly language?: string;
  readonly where?: string;
  readonly split?: string;
  readonly seed?: number;
  readonly budget?: number;
  readonly wait: boolean;
}

/** `heddle datasets questions`. */
export async function askQuestions(
  given: string,
  { json, kind, where, wait, ...options }: QuestionOptions,
  command: Command,
): Promise<void> {
  const kinds = QuestionKind.array().safeParse(kind.length === 0 ? ['factual'] : kind);
  if (!kinds.success) throw new HeddleError('usage', `--kind is one of ${QuestionKind.options.join(', ')}.`);
  const filter = where === undefined ? undefined : filterOf(where);
  const body = withoutUndefined({ ...options, kinds: kinds.data, filter });
  const job = await withClient(command, async ({ api, ...client }) => {
    const path = { id: (await requireDataset({ api, ...client }, given)).id };
    const { jobId } = await api.POST('/api/datasets/{id}/questions', { params: { path }, body });
    return wait ? followJob(api, jobId, {}) : { jobId, result: undefined };
  });
  if (job.result === undefined) {
    if (json === true) printJson({ jobId: job.jobId });
    else print(`The questions are being written: job ${job.jobId}.`);
    return;
  }
  const report = QuestionsReport.parse(job.result);
  if (json === true) printJson(report);
  else printReport(given, report);
}

/** Parses `field=value`. A number, `true` and `false` are compared as such, any other value as text. */
function filterOf(where: string): NonNullable<QuestionsRequest['filter']> {
  const at = where.indexOf('=');
  if (at < 1) throw new HeddleError('usage', '--where needs a field and a value, such as --where year=2024.');
  const text = where.slice(at + 1);
  const value =
    text === 'true'
      ? true
      : text === 'false'
        ? false
        : text !== '' && Number.isFinite(Number(text))
          ? Number(text)
          : text;
  return { op: 'eq', field: where.slice(0, at), value };
}

function printReport(dataset: string, report: QuestionsReport): void {
  const { written, flagged, duplicates, unreadable, refused, failed, cost, stopped, problems } = report;
  print(`${written} questions written, ${flagged} of them to look at twice; $${cost.toFixed(4)}.`);
  print(
    `${duplicates} duplicates dropped, ${unreadable} replies unreadable, ${refused} passages above the clearance, ${failed} failed.`,
  );
  for (const { document, message } of problems.slice(0, 5)) print(`  ${document}: ${message}`);
  if (stopped !== undefined) print(`It stopped: ${stopped.message}`);
  if (written > 0) print(`They wait for a review: heddle datasets review ${dataset}`);
}

interface ReviewOptions extends JsonOption {
  readonly accept?: true;
  readonly reject?: true;
  readonly limit: number;
}

/** `heddle datasets review`. */
export async function reviewRows(
  given: string,
  row: string | undefined,
  { accept, reject, limit, json }: ReviewOptions,
  command: Command,
): Promise<void> {
  if ((row !== undefined) !== (accept === true || reject === true) || (accept === true && reject === true))
    throw new HeddleError('usage', 'Name a row and --accept or --reject; without both, the rows are listed.');
  if (row === undefined) return listOpen(given, limit, json, command);
  const decision = accept === true ? 'accept' : 'reject';
  const written = await withClient(command, async (client) => {
    const path = { id: (await requireDataset(client, given)).id, row };
    const { hash } = await client.api.GET('/api/datasets/{id}/rows/{row}', { params: { path } });
    return client.api.POST('/api/datasets/{id}/rows/{row}/review', { params: { path }, body: { decision, hash } });
  });
  if (json === true) printJson(written);
  else print(`${given}: row ${row} is ${decision}ed in version ${written.version}.`);
}

async function listOpen(given: string, limit: number, json: boolean | undefined, command: Command): Promise<void> {
  const { rows } = await withClient(command, async (client) => {
    const params = {
      path: { id: (await requireDataset(client, given)).id },
      query: { review: 'open' as const, limit },
    };
    return client.api.GET('/api/datasets/{id}/rows', { params });
  });
  if (json === true) printJson({ rows });
  else if (rows.length === 0) print('No row waits for a review.');
  else
    print(
      ...table([
        ['row', 'inputs', 'expected', 'proposed'],
        ...rows.map(({ id, inputs, expected, proposed = [] }) => [
          ...[id, short(inputs), short(expected)],
          short(proposed.map(({ document, grade }) => `${document} ${grade}`).join(', ')),
        ]),
      ]),
    );
}

const short = (value: unknown): string => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
};
