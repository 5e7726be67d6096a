import {
  fixturesOf,
  HeddleError,
  isDurable,
  parseDocument,
  locationOfPath,
  type Fixtures,
  type LabelledValue,
  type StreamEvent,
  type TestReport,
} from '@heddle/core';
import type { Command } from 'commander';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseTests, runTests, type RunTest } from '../../publishing/workflow-tests.js';
import type { Caller, Client } from '../client/http-call.js';
import { followRunEvents, readRun, startRun } from '../client/runs.js';
import { junitXml, type JunitCase } from './runs/junit.js';
import { print, printJson, printToStderr } from '../output.js';
import { findWorkflowFile, readWorkflowFile } from '../workflow-files.js';
import { withClient } from './context.js';

/** `heddle test`: runs the tests of a stored workflow, or those in `tests.jsonl` beside a workflow file. Exit code 1 if a test fails. */
export async function testWorkflow(
  workflow: string,
  options: { readonly json?: true; readonly record?: true; readonly junit?: string },
  command: Command,
): Promise<void> {
  const file = await findWorkflowFile(workflow);
  if (options.record === true) {
    const recorded = await withClient(command, (client) => recordTests(client, workflow, file));
    printToStderr(`${recorded} tests were run with their effects, and hold the results of their nodes now.`);
  }
  const report =
    file === undefined
      ? await withClient(command, async ({ api }) => {
          const params = { path: { id: workflow } };
          await api.GET('/api/workflows/{id}', { params });
          return api.POST('/api/workflows/{id}/tests/run', { params, body: {} });
        })
      : await withClient(command, (client) => testFile(client, file));
  if (options.junit !== undefined) await writeFile(options.junit, junitXml(workflow, junitCases(report)));
  if (options.json === true) printJson(report);
  else print(...testLines(report));
  if (report.failed > 0) process.exitCode = 1;
}

/** Formats the report as lines: each test, and the findings of the failed ones. */
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

const junitCases = ({ results }: TestReport): readonly JunitCase[] =>
  results.map(({ name, ms, failures }) => ({
    name,
    ms,
    failures: failures.map(({ assertion, message }) => `${assertion}: ${message}`),
  }));

async function testFile(client: Caller, file: string): Promise<TestReport> {
  const beside = join(dirname(file), 'tests.jsonl');
  if (!existsSync(beside))
    throw new HeddleError('file_not_found', `There is no ${beside}: write one test a line into it.`, {
      details: { path: beside },
    });
  const tests = parseTests(await readFile(beside, 'utf8'));
  const document = parseDocument(await readWorkflowFile(file));
  const run: RunTest = async (_document, _id, { inputs, fixtures = {} }) => {
    const runId = await startRun(client, { document, fixtures }, inputs);
    const labels = new Map<string, LabelledValue['label']>();
    await followRunEvents(client, runId, (events) => collectLabels(events, labels));
    const { summary, outputs } = await readRun(client, runId);
    const labelled = Object.entries(outputs).map(([name, value]): [string, LabelledValue] => {
      const label = labels.get(name);
      return [name, { value, label } as LabelledValue]; // The label comes from the `run-end` event.
    });
    return { summary, outputs: Object.fromEntries(labelled) };
  };
  return runTests(tests, document, run, { now: () => Date.now() });
}

function collectLabels(events: readonly StreamEvent[], labels: Map<string, LabelledValue['label']>): void {
  for (const event of events)
    if (event.type === 'run-end')
      for (const [name, { label }] of Object.entries(event.outputs ?? {})) labels.set(name, label);
}

/** Runs each test once with its effects, and stores the outputs of nodes with effects as fixtures of the test. */
async function recordTests(client: Client, workflow: string, file: string | undefined): Promise<number> {
  const id = { params: { path: { id: workflow } } };
  const beside = file === undefined ? undefined : join(dirname(file), 'tests.jsonl');
  const content =
    beside === undefined
      ? (await client.api.GET('/api/workflows/{id}/tests', id)).content
      : await readFile(beside, 'utf8');
  const target = file === undefined ? { workflow } : { document: parseDocument(await readWorkflowFile(file)) };
  const lines: string[] = [];
  for (const test of parseTests(content)) {
    const runId = await startRun(client, target, test.inputs);
    const events: StreamEvent[] = [];
    await followRunEvents(client, runId, (more) => void events.push(...more));
    const fixtures = await wholeFixtures(client, runId, events);
    lines.push(JSON.stringify({ ...test, fixtures: Object.keys(fixtures).length === 0 ? undefined : fixtures }));
  }
  const written = `${lines.join('\n')}\n`;
  if (beside === undefined) await client.api.PUT('/api/workflows/{id}/tests', { ...id, body: { content: written } });
  else await writeFile(beside, written);
  return lines.length;
}

/** The fixtures of a run. Events can hold only previews, so the values are read in full. */
async function wholeFixtures({ api }: Client, runId: string, events: readonly StreamEvent[]): Promise<Fixtures> {
  const durable = events.filter(isDurable);
  const found = fixturesOf(durable);
  const whole: Record<string, Record<string, unknown>> = {};
  for (const event of durable) {
    const location = 'path' in event ? locationOfPath(event.path) : '';
    if (event.type !== 'node-end' || found[location] === undefined || whole[location] !== undefined) continue;
    whole[location] = {};
    for (const port of Object.keys(event.outputs)) {
      const params = { path: { id: runId }, query: { path: event.path, port } };
      whole[location][port] = (await api.GET('/api/runs/{id}/values', { params })).value;
    }
  }
  return whole;
}
