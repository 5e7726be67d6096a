import { exampleOf, takesFiles, type LabelledValue, type PortDescription } from '@heddle/core';
import { useEffect, useState } from 'react';
import { client } from '../../data/api/client.js';

/** Longer texts are cut: the code shows the form of a call. */
const longestText = 160;
/** Of a list the first entries are shown. */
const mostEntries = 3;
/** The most characters of any other value. */
const longestJson = 1_000;
/** Code on this page is made to be copied, so it shows only values that may leave the project's own pages. */
const shownLevels: ReadonlySet<string> = new Set(['public', 'internal']);
/** Characters that are not seen where code is read: controls, and marks that change the direction of a text. */
const unseen = /[^\P{C}\n\t\u200C\u200D]/u;

/**
 * The inputs of a run as an example in code: only those that the workflow takes now, without files and confidential values, cut to a
 * length that can be read. Undefined where nothing of the run fits.
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

/** Whether a value is of the kind that the port takes now, which may not be what it took then. */
function isLike(port: PortDescription, value: unknown): boolean {
  const choices = port.schema?.['enum'];
  if (Array.isArray(choices) && choices.length > 0) return choices.includes(value);
  const example = exampleOf(port);
  return port.type === 'Json' || (typeof example === typeof value && Array.isArray(example) === Array.isArray(value));
}

/** The inputs of the last run that ended well and was not a test, as an example; undefined where there is none that the user may read. */
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

/** The server gives the inputs only to a user with the right to read the values of the run. */
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
