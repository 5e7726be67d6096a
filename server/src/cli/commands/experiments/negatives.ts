import { NegativesReport, NegativesRequest } from '@heddle/core';
import type { Command } from 'commander';
import { followJob } from '../../client/jobs.js';
import { print, printJson } from '../../output.js';
import { withClient } from '../context.js';
import { requireDataset } from '../datasets.js';
import { parseArgument, type JsonOption } from '../parse-argument.js';

interface NegativesOptions extends JsonOption {
  readonly collection: string;
  readonly each: number;
  readonly questions: number;
  readonly model?: string;
  readonly split?: string;
  readonly input?: string;
  readonly seed?: number;
  readonly budget?: number;
  readonly wait: boolean;
}

/** `heddle datasets negatives`. */
export async function mineNegatives(
  given: string,
  { json, wait, ...options }: NegativesOptions,
  command: Command,
): Promise<void> {
  const body = parseArgument(NegativesRequest, options, 'The request');
  const job = await withClient(command, async ({ api, ...client }) => {
    const path = { id: (await requireDataset({ api, ...client }, given)).id };
    const { jobId } = await api.POST('/api/datasets/{id}/negatives', { params: { path }, body });
    return wait ? followJob(api, jobId, {}) : { jobId, result: undefined };
  });
  if (job.result === undefined) {
    if (json === true) printJson({ jobId: job.jobId });
    else print(`The hard negatives are being searched: job ${job.jobId}.`);
    return;
  }
  const report = NegativesReport.parse(job.result);
  if (json === true) printJson(report);
  else printReport(given, report);
}

function printReport(dataset: string, report: NegativesReport): void {
  const { done, skipped, proposed, relevant, refused, unreadable, failed, cost, stopped, problems } = report;
  print(
    `${proposed} hard negatives proposed for ${done} questions, ${relevant} documents as relevant; $${cost.toFixed(4)}.`,
  );
  print(
    `${skipped} rows skipped, ${refused} passages above the clearance, ${unreadable} replies unreadable, ${failed} questions failed.`,
  );
  for (const { row, message } of problems.slice(0, 5)) print(`  ${row}: ${message}`);
  if (stopped !== undefined) print(`It stopped: ${stopped.message}`);
  if (proposed + relevant > 0) print(`They wait for a review: heddle datasets review ${dataset}`);
}
