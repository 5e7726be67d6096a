import {
  defineNode,
  HeddleError,
  isPlainObject,
  Json,
  toErrorValue,
  type ErrorValue,
  type NodeContext,
} from '@heddle/core';
import { z } from 'zod';
import { portName } from '../fields/field-name.js';
import { noWorkflow, workflowField } from '../fields/workflow-field.js';
import { listOf } from '../fields/list-of.js';

/** Failures that end the run itself and never count as the result of an item (rule "Failure"). */
const ending: ReadonlySet<string> = new Set(['aborted', 'run_cancelled', 'label_refused', 'nesting_limit']);

type Settled = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: ErrorValue };

export const each = defineNode({
  type: 'each',
  version: 1,
  category: 'logic',
  title: 'For each',
  summary: 'Runs a workflow for each item of a list, several at a time.',
  icon: 'repeat',
  keywords: listOf(`
      loop, loops, foreach, for loop, for all, iterate, iteration, iterator, map, batch, batches, split in batches,
      list, array, items, repeat, fan out, parallel, map reduce
    `),
  standsFor: [
    {
      names: listOf('while, do while, until, while loop, retry until, recursion, cycle'),
      note: 'A loop on a condition is an edge drawn backwards; For each goes through a list.',
    },
  ],
  role: 'step',
  effects: [],
  headline: 'workflow',
  help: `
The workflow runs once for each item, as a nested run that you can open on the canvas. Results keep the order of the items. An interrupted run continues with the remaining items.

**Input** is the input of the workflow for the item. **Shared** values (an object) are further inputs of every run. **Result** chooses one output of the workflow; without it, a workflow with one output returns its value, and a workflow with several outputs an object.

When an item fails: **Stop** fails this node after the running items have ended; **Leave out** continues, and the list is shorter; **Keep a gap** has \`null\` for the item. The output **errors** lists the failures with the index of each item.
`.trim(),
  config: z.object({
    workflow: workflowField,
    input: portName
      .default('item')
      .meta({ basic: true, title: 'Input', description: 'Input of the workflow for the item.' }),
    result: z
      .string()
      .max(64)
      .default('')
      .meta({ basic: true, title: 'Result', description: 'Output of the workflow to collect. Empty: all outputs.' }),
    concurrency: z
      .int()
      .min(1)
      .max(50)
      .default(4)
      .meta({ basic: true, title: 'Concurrency', description: 'Items that run at the same time.' }),
    onError: z
      .enum(['stop', 'skip', 'collect'])
      .default('stop')
      .meta({ title: 'When an item fails', labels: { stop: 'Stop', skip: 'Leave out', collect: 'Keep a gap' } }),
    maxItems: z
      .int()
      .min(1)
      .max(100_000)
      .default(1_000)
      .meta({ title: 'Max items', description: 'A longer list is refused.' }),
  }),
  inputs: { items: Json.with({ title: 'Items' }), shared: Json.optional().with({ title: 'Shared' }) },
  outputs: { items: Json, errors: Json },
  example: { config: { workflow: '#summarise-part' }, inputs: { items: ['First part', 'Second part'] } },
  references: ({ workflow }) => (workflow === '' ? [] : [{ kind: 'workflow', id: workflow, field: 'workflow' }]),
  check: ({ workflow }) => (workflow === '' ? [noWorkflow] : []),
  async run({ config, inputs, context }) {
    const items = itemsOf(inputs.items, config.maxItems);
    const shared = sharedOf(inputs.shared);
    const settled = await runAll(items, config, context, async (item, index) => {
      const { outputs } = await context.run(String(index), config.workflow, { ...shared, [config.input]: item });
      return resultOf(outputs, config.result, config.workflow);
    });
    const errors = settled.flatMap((entry, index) => (entry.ok ? [] : [{ index, ...entry.error }]));
    if (errors.length > 0)
      context.log.warn(`${errors.length} of ${items.length} items failed`, { first: errors[0]?.message ?? '' });
    const values = settled.flatMap((entry) => (entry.ok ? [entry.value] : config.onError === 'skip' ? [] : [null]));
    return { items: values, errors };
  },
});

/** Runs all items, at most `concurrency` at a time. Returns when none is running. */
async function runAll(
  items: readonly unknown[],
  { concurrency, onError }: { readonly concurrency: number; readonly onError: 'stop' | 'skip' | 'collect' },
  context: NodeContext,
  runOne: (item: unknown, index: number) => Promise<unknown>,
): Promise<readonly Settled[]> {
  const settled: Settled[] = [];
  const thrown: unknown[] = [];
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    while (next < items.length && thrown.length === 0) {
      const index = next;
      next += 1;
      try {
        settled[index] = { ok: true, value: await runOne(items[index], index) };
      } catch (error) {
        // An error that is not a HeddleError is not a failure of an item: the engine suspends by throwing (rule "Re-entry").
        if (!(error instanceof HeddleError) || ending.has(error.code) || onError === 'stop') {
          thrown.push(withIndex(error, index));
          continue;
        }
        settled[index] = { ok: false, error: toErrorValue(error) };
      }
      done += 1;
      context.progress({ share: done / items.length, message: `${done} of ${items.length}` });
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, work));
  if (thrown.length > 0) throw thrown.find((error) => !(error instanceof HeddleError)) ?? thrown[0];
  return settled;
}

function withIndex(error: unknown, index: number): unknown {
  if (!(error instanceof HeddleError) || ending.has(error.code)) return error;
  return new HeddleError(error.code, `Item ${index + 1}: ${error.message}`, {
    cause: error,
    retryable: error.retryable,
    details: { ...error.details, index },
  });
}

function itemsOf(value: unknown, most: number): readonly unknown[] {
  if (!Array.isArray(value))
    throw new HeddleError(
      'input_type',
      'The items are not a list: connect a list, or create one with a "set" or "merge" node.',
    );
  if (value.length > most)
    throw new HeddleError(
      'input_too_large',
      `There are ${value.length} items; the limit is ${most}. Raise 'Max items', or use fewer items.`,
      { details: { items: value.length, limit: most } },
    );
  return value;
}

function sharedOf(value: unknown): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {};
  if (isPlainObject(value)) return value;
  throw new HeddleError(
    'input_type',
    'The shared values are not an object: create one with a "set" node, with a key for each input of the workflow.',
  );
}

function resultOf(outputs: Readonly<Record<string, unknown>>, result: string, workflow: string): unknown {
  const names = Object.keys(outputs);
  if (result === '') return names.length === 1 ? outputs[names[0] ?? ''] : { ...outputs };
  if (Object.hasOwn(outputs, result)) return outputs[result];
  throw new HeddleError(
    'node_output_invalid',
    `The workflow '${workflow}' did not return '${result}'. Its outputs: ${names.join(', ') || 'none'}.`,
  );
}
