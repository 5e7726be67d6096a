import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { loadCustomNodes } from '@heddle/adapters/custom-nodes';
import { compilePlan, createCatalog, parseDocument, type NodeCatalog } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import {
  createLimits,
  createMemoryJournal,
  parseRunInputs,
  resumeRun,
  startRun,
  type EngineHost,
  type RunOutcome,
} from '@heddle/engine';
import { standardNodes } from '@heddle/nodes';

const folder = fileURLToPath(new URL('.', import.meta.url));
const clock = createFakeClock();

function hostOf(catalog: NodeCatalog): EngineHost {
  return {
    catalog,
    journal: createMemoryJournal(clock),
    clock,
    resources: { use: (kind, ..._args) => Promise.reject(new Error(`Nothing here uses '${kind}'`)) },
    limits: createLimits(() => Infinity),
    secret: () => Promise.reject(new Error('Nothing here has a secret')),
    emit: () => undefined,
    random: () => 0.5,
    compile: () => {
      throw new Error('Nothing is recovered here');
    },
  };
}

/** Runs a document to its end; a run that is suspended until a time resumes when the clock reaches it. */
async function run(
  given: unknown,
  values: Readonly<Record<string, unknown>>,
): Promise<RunOutcome & { suspended: number }> {
  const catalog = createCatalog([...standardNodes, ...(await loadCustomNodes([folder]))]);
  const { plan, issues } = compilePlan(parseDocument(given), catalog);
  if (plan === undefined) throw new Error(issues.map(({ message }) => message).join('\n'));
  const host = hostOf(catalog);
  const acceptance = {
    runId: 'run-1',
    workflowId: undefined,
    workflowName: 'Test',
    time: clock.now(),
    trigger: 'test',
    inputs: parseRunInputs(plan.interface, values),
    options: {},
    rootId: 'run-1',
    origin: undefined,
    reused: [],
  } as const;
  await host.journal.accept(acceptance, { document: plan.document, workflows: {} });
  let outcome = await startRun(host, { plan, acceptance }).done;
  let suspended = 0;
  for (; outcome.status === 'suspended' && suspended < 10; suspended += 1) {
    await clock.advance((outcome.until ?? 0) - clock.now() + 1);
    outcome = await resumeRun(host, { plan, acceptance }, await host.journal.events('run-1')).done;
  }
  return { ...outcome, suspended };
}

const valuesOf = (outcome: RunOutcome): Record<string, unknown> =>
  Object.fromEntries(Object.entries(outcome.outputs ?? {}).map(([name, { value }]) => [name, value]));

const input = (name: string, type = 'Json') => ({ type: 'input', version: 1, config: { fields: [{ name, type }] } });
const output = (...names: string[]) => ({
  type: 'output',
  version: 1,
  config: { fields: names.map((name) => ({ name })) },
});
const node = (type: string, config: Readonly<Record<string, unknown>>) => ({ type, version: 1, config });
const edges = (...given: string[]) =>
  given.map((edge) => {
    const [from, to] = edge.split(' > ');
    return { from, to };
  });

describe('a run with the custom node', () => {
  it('completes the workflow of the example', async () => {
    const outcome = await run(await readFile(new URL('./workflow.json', import.meta.url), 'utf8'), {
      text: 'word '.repeat(330),
    });
    expect(outcome.status).toBe('done');
    expect(valuesOf(outcome)).toEqual({ words: 330, minutes: 1.5 });
  });

  it('fails with the error code of the node', async () => {
    const text = await readFile(new URL('./workflow.json', import.meta.url), 'utf8');
    expect(await run(text, { text: '…' })).toMatchObject({ status: 'failed', error: { code: 'input_empty' } });
    expect(await run(text, { text: ' ' })).toMatchObject({ status: 'failed', error: { code: 'input_empty' } });
    expect(await run(text, { text: 'x'.repeat(5_000_000) })).toMatchObject({
      status: 'failed',
      error: { code: 'input_too_large' },
    });
  });

  it('has a parallel nested run for each item, which waits and resumes, and joins branches again', async () => {
    const part = {
      nodes: {
        start: input('item'),
        route: node('switch', { cases: [{ name: 'slow', when: 'value == 3' }] }),
        pause: node('wait', { amount: 1, unit: 'hours' }),
        shape: node('set', { value: 'waited for {{ n }}', type: 'Text' }),
        join: node('merge', { mode: 'first' }),
        end: output('result'),
      },
      edges: edges(
        'start.item > route.value',
        'route.slow > pause.value',
        'pause.value > shape.n',
        'shape.value > join.values',
        'route.otherwise > join.values',
        'join.value > end.result',
      ),
    };
    const outcome = await run(
      {
        heddle: 2,
        name: 'Parts',
        nodes: {
          start: input('items'),
          loop: node('each', { workflow: '#part', concurrency: 2 }),
          once: node('workflow', { workflow: '#part' }),
          join: node('merge', { mode: 'text', separator: ', ' }),
          end: output('text', 'once'),
        },
        edges: edges(
          'start.items > loop.items',
          'loop.items > join.values',
          'join.text > end.text',
          'start.items > once.item',
          'once.result > end.once',
        ),
        workflows: { part },
      },
      { items: [3, 1, 3, 2] },
    );
    expect(outcome.status).toBe('done');
    expect(valuesOf(outcome)).toEqual({ text: 'waited for 3, 1, waited for 3, 2', once: [3, 1, 3, 2] });
    // Two items wait, one hour each; a waiting run leaves memory.
    expect(outcome.suspended).toBeGreaterThan(0);
  });

  it('repeats a loop until a switch ends it', async () => {
    const outcome = await run(
      {
        heddle: 2,
        name: 'Loop',
        nodes: {
          start: input('n'),
          more: node('set', { value: { n: '{{ n.n? }}', text: '{{ n.text? }}x' } }),
          route: node('switch', { cases: [{ name: 'again', when: 'length(value.text) < 3' }] }),
          end: output('value'),
        },
        edges: [
          ...edges('start.n > more.n', 'more.value > route.value', 'route.otherwise > end.value'),
          { from: 'route.again', to: 'more.n', loop: { max: 5 } },
        ],
      },
      { n: { n: 1, text: '' } },
    );
    expect(valuesOf(outcome)).toEqual({ value: { n: 1, text: 'xxx' } });
  });
});
