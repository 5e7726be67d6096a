import { exampleOf, takesFiles, type LabelledValue, type PortDescription } from '@heddle/core';
import { useEffect, useState } from 'react';
import { client } from '../../data/api/client.js';

/** Longer texts are shortened, because the code only shows what a call looks like. */
const longestText = 160;
/** The most entries that are shown of a list. */
const mostEntries = 3;
/** The most characters of any other value as JSON. */
const longestJson = 1_000;
/** The labels of values that the code may show. The code is meant to be copied, so values with higher labels are left out. */
const shownLevels: ReadonlySet<string> = new Set(['public', 'internal']);
/** Characters that are invisible in code: control characters, and marks that change the direction of text. */
const unseen = /[^\P{C}\n\t\u200C\u200D]/u;

/**
 * Makes an example for code from the inputs of a run. It uses only inputs that the workflow still has, leaves out files and confidential
 * values, and shortens long values. Undefined if no input is left.
 */
export function exampleFrom(
  inputs: Readonly<Record<string, LabelledValue>>,
  ports: readonly PortDescription[],
): Readonly<Record<string, unknown>> | undefined {
  const entries = ports.flatMap((port) => {
    const given = Object.hasOwn(inputs, port.name) ? inputs[port.name] : undefined;
    if (given?.value === undefined || takesFiles(port) || !shownLevels.has(given.label.level)) return [];
    const value = cut(given.value);
    return value === undefined || !isLike(port, value) ? [] : [[port.name, value] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function cut(value: unknown): unknown {
  if (typeof value === 'string') {
    if (unseen.test(value)) return undefined;
    return value.length > longestText ? `${value.slice(0, longestText).replace(/[\uD800-\uDBFF]$/, '')}…` : value;
  }
  if (value === null || typeof value !== 'object') return value;
  const shorter = Array.isArray(value) ? value.slice(0, mostEntries) : value;
  const json = JSON.stringify(shorter);
  return json.length > longestJson || unseen.test(json) ? undefined : shorter;
}

/** Whether a value fits the port's current type, which may have changed since the run. */
function isLike(port: PortDescription, value: unknown): boolean {
  const choices = port.schema?.['enum'];
  if (Array.isArray(choices) && choices.length > 0) return choices.includes(value);
  const example = exampleOf(port);
  return port.type === 'Json' || (typeof example === typeof value && Array.isArray(example) === Array.isArray(value));
}

/**
 * The inputs of the last successful run that was not a test, as an example. Undefined if there is no such run or the user may not read its
 * inputs.
 */
export function useLastInput(
  workflowId: string,
  ports: readonly PortDescription[] | undefined,
): Readonly<Record<string, unknown>> | undefined {
  const [inputs, setInputs] = useState<Readonly<Record<string, LabelledValue>>>();
  useEffect(() => {
    const controller = new AbortController();
    readLast(workflowId, controller.signal).then(setInputs, () => undefined);
    return () => controller.abort();
  }, [workflowId]);
  return inputs === undefined || ports === undefined ? undefined : exampleFrom(inputs, ports);
}

/** The inputs of the last run. The server sends them only to users who may read the values of the run. */
async function readLast(
  workflow: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, LabelledValue>> | undefined> {
  const { runs } = await client.GET('/api/runs', {
    params: { query: { workflow, status: 'done', limit: 20 } },
    signal,
  });
  const last = runs.find(({ trigger }) => trigger !== 'test');
  if (last === undefined) return undefined;
  return (await client.GET('/api/runs/{id}/document', { params: { path: { id: last.runId } }, signal })).inputs;
}
