import {
  refusalIn,
  textOf,
  withoutUndefined,
  type DriftSample,
  type EvaluationSubject,
  type RunEvent,
} from '@heddle/core';

/** How many characters of an input are embedded. */
const mostEmbedded = 8_000;
const longestRoute = 500;

const all = (values: Readonly<Record<string, unknown>>): string => Object.values(values).map(textOf).join('\n');

/** The input texts of a run, as they are embedded; undefined if there are none. */
export function inputText({ inputs }: Pick<EvaluationSubject, 'inputs'>): string | undefined {
  const text = all(inputs).slice(0, mostEmbedded).trim();
  return text === '' ? undefined : text;
}

/** What is kept of a run for comparisons: lengths, the best score, and names of nodes, but none of its values. */
export function driftSample(
  subject: EvaluationSubject,
  events: readonly RunEvent[],
  vector: Float32Array | undefined,
): DriftSample {
  const { runId = '', outputs, passages, error } = subject;
  const answer = error === undefined ? all(outputs) : undefined;
  const scores = passages.flatMap(({ score }) => (score !== undefined && Number.isFinite(score) ? [score] : []));
  return withoutUndefined({
    runId,
    vector,
    inputLength: all(subject.inputs).length,
    answerLength: answer?.length,
    isRefused:
      answer === undefined ? undefined : Object.values(outputs).some((one) => refusalIn(textOf(one)) !== undefined),
    topScore: scores.length === 0 ? undefined : Math.max(...scores),
    route: routeOf(events),
  });
}

/** Names the route of a run by the nodes that were skipped; nested nodes are left out. */
function routeOf(events: readonly RunEvent[]): string {
  const skipped = new Set(
    events.flatMap((event) => (event.type === 'node-skip' && !event.path.includes('/') ? [event.path] : [])),
  );
  return [...skipped].sort().join(', ').slice(0, longestRoute);
}
