import {
  containsParts,
  createPace,
  exactMatch,
  fitJsonSchema,
  HeddleError,
  isAtMost,
  mostValues,
  parseJson,
  runThrough,
  WorkflowTest,
  type LabelledValue,
  type OutputAssertion,
  type RunSummary,
  type Steps,
  type TestReport,
  type TestResult,
  type WorkflowDocument,
} from '@heddle/core';
import { z } from 'zod';
import { matchWithin } from '../common/match-within.js';
import { citationsIn } from '../common/citations-in.js';

/** The run of one test. */
export interface TestedRun {
  readonly summary: RunSummary;
  readonly outputs: Readonly<Record<string, LabelledValue>>;
}

/** Runs a workflow to its end for a test. The run has no effects: nodes with effects give their fixtures. */
export type RunTest = (
  document: WorkflowDocument,
  workflowId: string | undefined,
  test: Pick<WorkflowTest, 'inputs' | 'fixtures'>,
) => Promise<TestedRun>;

type Failures = TestResult['failures'];

/** The maximum number of tests of a workflow, and of lines that are read in one tick. */
const mostTests = 10_000;
const stretch = 100;

/** Parses `tests.jsonl`: one JSON object per line, without empty lines. Errors: `bad_request` with the line. */
export const parseTests = (content: string): readonly WorkflowTest[] => runThrough(parseTestsSteps(content));

/** Parses like `parseTests`, in steps. */
export function* parseTestsSteps(content: string): Steps<readonly WorkflowTest[]> {
  const tests: WorkflowTest[] = [];
  const isDue = createPace(stretch);
  let number = 0;
  for (let from = 0; from <= content.length;) {
    const found = content.indexOf('\n', from);
    const end = found === -1 ? content.length : found;
    const line = content.slice(from, end).trim();
    from = end + 1;
    number += 1;
    // An empty line costs hardly any time.
    if (isDue(line === '' ? 0.01 : 1 + line.length / 1_000)) yield;
    if (line === '') continue;
    if (tests.length === mostTests)
      throw new HeddleError('bad_request', `tests.jsonl has more than ${mostTests.toLocaleString('en')} tests.`);
    tests.push(parseTest(line, number));
  }
  return tests;
}

function parseTest(line: string, number: number): WorkflowTest {
  try {
    return WorkflowTest.parse(parseJson(line, mostValues.usual));
  } catch (cause) {
    const reason =
      cause instanceof z.ZodError
        ? cause.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
        : String(cause instanceof Error ? cause.message : cause);
    throw new HeddleError('bad_request', `Line ${number} of tests.jsonl cannot be read: ${reason.slice(0, 500)}.`, {
      cause,
      details: { line: number },
    });
  }
}

/** Runs tests one after the other and reports each result. */
export async function runTests(
  tests: readonly WorkflowTest[],
  document: WorkflowDocument,
  run: RunTest,
  clock: { now(): number },
  workflowId?: string,
): Promise<TestReport> {
  const results: TestResult[] = [];
  for (const test of tests) {
    const start = clock.now();
    const { runId, failures } = await runOne(test, () => run(document, workflowId, test));
    const ms = Math.max(0, clock.now() - start);
    const status = failures.length === 0 ? 'passed' : 'failed';
    results.push({ name: test.name, status, ms, failures, runId });
  }
  const failed = results.filter(({ status }) => status === 'failed').length;
  return { passed: results.length - failed, failed, results };
}

async function runOne(
  test: WorkflowTest,
  run: () => Promise<TestedRun>,
): Promise<{ readonly runId?: string; readonly failures: Failures }> {
  try {
    const tested = await run();
    return { runId: tested.summary.runId, failures: failuresOf(test, tested) };
  } catch (error) {
    if (!(error instanceof HeddleError)) throw error;
    if (error.code === test.expect.error) return { failures: [] };
    return { failures: [{ assertion: 'start', message: `${error.code}: ${error.message}` }] };
  }
}

function failuresOf({ expect }: WorkflowTest, { summary, outputs }: TestedRun): Failures {
  const failures: Failures = [];
  const report: ReportFailure = (assertion, message) => void failures.push({ assertion, message });
  if (expect.error !== undefined) {
    if (summary.error?.code !== expect.error)
      report(
        'error',
        `The run ended as ${summary.status} (${summary.error?.code ?? 'no error'}), not with ${expect.error}.`,
      );
    return failures;
  }
  if (summary.status !== 'done') {
    const { code, details = {} } = summary.error ?? {};
    const wouldCall =
      code === 'replay_would_call' && typeof details['node'] === 'string' ? { wouldCall: details['node'] } : {};
    const message = `The run is ${summary.status}: ${summary.error?.message ?? 'it waits'}`;
    failures.push({ assertion: 'status', message, ...wouldCall });
    return failures;
  }
  for (const [name, assertion] of Object.entries(expect.outputs)) checkOutput(name, assertion, outputs[name], report);
  if (expect.citations !== undefined) checkCitations(expect.citations, outputs, report);
  if (expect.cost !== undefined && summary.cost > expect.cost)
    report('cost', `The run cost ${summary.cost}, more than ${expect.cost}.`);
  return failures;
}

type ReportFailure = (assertion: string, message: string) => void;

function checkOutput(
  name: string,
  assertion: OutputAssertion,
  output: LabelledValue | undefined,
  report: ReportFailure,
): void {
  if (output === undefined) {
    report(name, `The run gave no output '${name}'.`);
    return;
  }
  const { value } = output;
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  const shown = text.length > 300 ? `${text.slice(0, 297)}...` : text;
  if ('equals' in assertion && exactMatch(value, assertion.equals).score === 0)
    report(`${name}.equals`, `It is ${shown}, not ${JSON.stringify(assertion.equals)}.`);
  for (const part of [assertion.contains ?? []].flat())
    if (containsParts(text, [part]).score === 0) report(`${name}.contains`, `It does not contain '${part}': ${shown}`);
  if (assertion.matches !== undefined) {
    const isMatch = matchWithin(assertion.matches, text);
    if (isMatch === undefined)
      report(`${name}.matches`, `${assertion.matches} takes too long on ${shown}: simplify it.`);
    else if (!isMatch) report(`${name}.matches`, `It does not match ${assertion.matches}: ${shown}`);
  }
  const misfit = assertion.schema === undefined ? undefined : fitJsonSchema(assertion.schema, value);
  if (misfit !== undefined) report(`${name}.schema`, misfit);
  if (assertion.label !== undefined && !isAtMost(output.label.level, assertion.label))
    report(`${name}.label`, `It is ${output.label.level}, stricter than ${assertion.label}.`);
}

function checkCitations(
  expected: NonNullable<WorkflowTest['expect']['citations']>,
  outputs: TestedRun['outputs'],
  report: ReportFailure,
): void {
  const citations = Object.values(outputs).flatMap(({ value }) => citationsIn(value));
  if (citations.length < (expected.min ?? 0))
    report('citations.min', `There are ${citations.length} citations, fewer than ${expected.min}.`);
  for (const document of expected.documents ?? [])
    if (!citations.some((citation) => citation.document === document))
      report('citations.documents', `No citation names '${document}'.`);
}
