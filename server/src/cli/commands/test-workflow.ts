import { HeddleError, type LabelledValue, parseDocument, TestReport, type StreamEvent } from '@heddle/core';
import type { Command } from 'commander';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseTests, runTests, type RunTest } from '../../publishing/workflow-tests.js';
import type { Caller } from '../client/http-call.js';
import { followRunEvents, readRun, startRun } from '../client/runs.js';
import { print, printJson } from '../output.js';
import { findWorkflowFile, readWorkflowFile } from '../workflow-files.js';
import { withClient } from './context.js';

/** `heddle test`: runs the tests of a stored workflow, or of the `tests.jsonl` beside a workflow file. Exit code 1 where one fails. */
export async function testWorkflow(
  workflow: string,
  options: { readonly json?: true },
  command: Command,
): Promise<void> {
  const file = await findWorkflowFile(workflow);
  const report =
    file === undefined
      ? await withClient(command, async ({ api }) => {
          const params = { path: { id: workflow } };
          await api.GET('/api/workflows/{id}', { params });
          return api.POST('/api/workflows/{id}/tests/run', { params, body: {} });
        })
      : await withClient(command, (client) => testFile(client, file));
  if (options.json === true) printJson(report);
  else print(...testLines(report));
  if (report.failed > 0) process.exitCode = 1;
}

/** The report as lines: each test, and what each failed test found. */
export function testLines({ passed, failed, results }: TestReport): string[] {
  return [
    ...results.flatMap(({ name, status, ms, failures, runId }) => [
      `${status === 'passed' ? '✓' : '✗'} ${name} (${Math.round(ms)} ms)`,
      ...failures.map(
        ({ assertion, message }) => `    ${assertion}: ${message}${runId === undefined ? '' : ` [run ${runId}]`}`,
      ),
    ]),
    `${passed} passed, ${failed} failed`,
  ];
}

async function testFile(client: Caller, file: string): Promise<TestReport> {
  const beside = join(dirname(file), 'tests.jsonl');
  if (!existsSync(beside))
    throw new HeddleError('file_not_found', `There is no ${beside}: write one test a line into it.`, {
      details: { path: beside },
    });
  const tests = parseTests(await readFile(beside, 'utf8'));
  const document = parseDocument(await readWorkflowFile(file));
  const run: RunTest = async (_document, _id, inputs) => {
    const runId = await startRun(client, { document }, inputs);
    const labels = new Map<string, LabelledValue['label']>();
    await followRunEvents(client, runId, (events) => seeLabels(events, labels));
    const { summary, outputs } = await readRun(client, runId);
    const labelled = Object.entries(outputs).map(([name, value]): [string, LabelledValue] => {
      const label = labels.get(name);
      return [name, { value, label } as LabelledValue]; // the label comes from the end of the run
    });
    return { summary, outputs: Object.fromEntries(labelled) };
  };
  return runTests(tests, document, run, { now: () => Date.now() });
}

function seeLabels(events: readonly StreamEvent[], labels: Map<string, LabelledValue['label']>): void {
  for (const event of events)
    if (event.type === 'run-end')
      for (const [name, { label }] of Object.entries(event.outputs ?? {})) labels.set(name, label);
}
