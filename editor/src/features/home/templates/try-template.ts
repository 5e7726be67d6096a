import { isTerminal, type RunReply } from '@heddle/core';
import { client } from '../../../data/api/client.js';
import { waitForJobs } from './wait-for-jobs.js';

/** The current step of a try-out. */
export type TryStep =
  | { readonly kind: 'preparing' }
  | { readonly kind: 'importing'; readonly jobs: readonly string[] }
  | { readonly kind: 'running'; readonly run: RunReply | undefined };

const everyMs = 300;

/**
 * Runs a template once and stores no workflow: it copies the template to get its document and sample documents, and deletes the copy before
 * the run. Returns also when the run waits for a person. Aborting `signal` cancels the run. Rejects with an ApiError.
 */
export async function tryTemplate(
  id: string,
  inputs: Readonly<Record<string, unknown>>,
  onStep: (step: TryStep) => void,
  signal: AbortSignal,
): Promise<RunReply> {
  onStep({ kind: 'preparing' });
  const { workflow, jobs } = await client.POST('/api/templates/{id}', { params: { path: { id } } });
  await client.DELETE('/api/workflows/{id}', { params: { path: { id: workflow.id } } });
  if (jobs.length > 0) onStep({ kind: 'importing', jobs });
  await waitForJobs(jobs, signal);
  const { runId } = await client.POST('/api/runs', {
    params: { query: { trigger: 'editor' } },
    body: { document: workflow.document, inputs },
  });
  onStep({ kind: 'running', run: undefined });
  try {
    return await followRun(runId, onStep, signal);
  } catch (error) {
    if (signal.aborted) await client.POST('/api/runs/{id}/cancel', { params: { path: { id: runId } }, body: {} });
    throw error;
  }
}

async function followRun(runId: string, onStep: (step: TryStep) => void, signal: AbortSignal): Promise<RunReply> {
  for (;;) {
    signal.throwIfAborted();
    const run = await client.GET('/api/runs/{id}', { params: { path: { id: runId } }, signal });
    if (isTerminal(run.status) || run.status === 'suspended' || run.status === 'paused') return run;
    onStep({ kind: 'running', run });
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
