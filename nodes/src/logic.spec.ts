import { describe, expect, it } from '@jest/globals';
import { compilePlan, createCatalog, HeddleError, parseDocument, type Passage } from '@heddle/core';
import { runNode, type RunNodeOptions } from '@heddle/core/testing';
import { each } from './each.node.js';
import { standardNodes } from './index.js';
import { merge } from './merge.node.js';
import { set } from './set.node.js';
import { switchNode } from './switch.node.js';
import { wait } from './wait.node.js';
import { workflow } from './workflow.node.js';

describe('switch', () => {
  const cases = [
    { name: 'good', when: 'value.score >= 0.7' },
    { name: 'urgent', when: '"urgent" in value.tags' },
  ];
  const takes = async (value: unknown, config: Record<string, unknown> = {}, iteration?: RunNodeOptions['iteration']) =>
    Object.keys(
      (
        await runNode(switchNode, {
          config: { cases, ...config },
          inputs: { value },
          ...(iteration === undefined ? {} : { iteration }),
        })
      ).outputs,
    );

  it('takes the first case that holds, else the other output', async () => {
    expect(await takes({ score: 0.9, tags: ['urgent'] })).toEqual(['good']);
    expect(await takes({ score: 0.1, tags: ['urgent'] })).toEqual(['urgent']);
    expect(await takes({ score: 0.1, tags: [] })).toEqual(['otherwise']);
    expect(await takes(null, { otherwise: 'rest' })).toEqual(['rest']);
  });

  it('takes every case that holds where it is told to', async () => {
    expect(await takes({ score: 0.9, tags: ['urgent'] }, { all: true })).toEqual(['good', 'urgent']);
  });

  it('knows the round of a loop', async () => {
    const config = { cases: [{ name: 'last', when: 'iteration.last || iteration.index > 5' }] };
    expect(await takes(1, config, { index: 2, max: 3, last: true })).toEqual(['last']);
    expect(await takes(1, config, { index: 1, max: 3, last: false })).toEqual(['otherwise']);
  });

  it('reports conditions that cannot be read or name nothing, and doubled names, at their fields', async () => {
    const problem = (config: unknown) =>
      runNode(switchNode, { config: config as Record<string, unknown>, inputs: { value: 1 } }).catch(
        (error: unknown) => error,
      );
    expect(await problem({ cases: [{ name: 'a', when: 'value >' }] })).toMatchObject({
      code: 'workflow_invalid',
      message: expect.stringContaining('cases.0.when: At character 8'),
    });
    expect(await problem({ cases: [{ name: 'a', when: 'score > 1' }] })).toMatchObject({
      message: expect.stringContaining("There is no value 'score' here"),
    });
    expect(await problem({ cases: [cases[0], cases[0]] })).toMatchObject({
      message: expect.stringContaining("Two of them are called 'good'"),
    });
    expect(await problem({ cases, otherwise: 'good' })).toMatchObject({
      message: expect.stringContaining('otherwise:'),
    });
  });

  it('fails with the condition at fault when a value cannot be compared', async () => {
    await expect(takes({ score: 'high', tags: [] })).rejects.toMatchObject({ code: 'expression_invalid' });
  });
});

describe('merge', () => {
  const give = async (config: Record<string, unknown>, values: unknown[]) =>
    (await runNode(merge, { config, inputs: { values } })).outputs;

  it('makes a list, flat or not', async () => {
    expect(await give({}, [1, [2, 3]])).toEqual({ value: [1, [2, 3]] });
    expect(await give({ flatten: true }, [1, [2, 3]])).toEqual({ value: [1, 2, 3] });
  });

  it('gives the first value that is there, or takes no output', async () => {
    expect(await give({ mode: 'first' }, [null, 'b', 'c'])).toEqual({ value: 'b' });
    expect(await give({ mode: 'first' }, [null])).toEqual({});
  });

  it('joins texts, lists of texts too', async () => {
    expect(await give({ mode: 'text', separator: '|' }, ['a', ['b', 'c'], 4])).toEqual({ text: 'a|b|c|4' });
  });

  it('merges objects, later keys winning, and refuses what has no keys', async () => {
    expect(await give({ mode: 'object' }, [{ a: 1, b: 1 }, { b: 2 }])).toEqual({ value: { a: 1, b: 2 } });
    await expect(give({ mode: 'object' }, [{}, 'x'])).rejects.toMatchObject({
      code: 'schema_mismatch',
      message: expect.stringContaining('Value 2'),
    });
  });

  it('fuses results of searches: what stands high in several comes first, nothing twice', async () => {
    const passage = (id: string): Passage => ({ id, document: id, text: id, score: 1 });
    const { passages } = await give({ mode: 'passages', topK: 3 }, [
      ['a', 'b', 'c'].map(passage),
      ['b', 'd', 'a'].map(passage),
    ]);
    expect((passages as Passage[]).map(({ id }) => id)).toEqual(['b', 'a', 'd']);
    await expect(give({ mode: 'passages' }, ['text'])).rejects.toMatchObject({ code: 'schema_mismatch' });
  });
});

describe('set', () => {
  const give = async (config: Record<string, unknown>, inputs: Record<string, unknown>) =>
    (await runNode(set, { config, inputs })).outputs['value'];

  it('shapes JSON, keeping types and leaving missing optional keys out', async () => {
    expect(
      await give(
        { value: { n: '{{ n }}', list: ['{{ a.b }}'], note: '{{ gone? }}', text: 'n={{ n }}' } },
        { n: 3, a: { b: true } },
      ),
    ).toEqual({ n: 3, list: [true], text: 'n=3' });
  });

  it.each([
    ['Number', '3.5', 3.5],
    ['Text', { a: 1 }, '{"a":1}'],
    ['Boolean', 'true', true],
    ['Text[]', 'one', ['one']],
    ['Number[]', ['1', 2], [1, 2]],
    ['Messages', 'hi', [{ role: 'user', content: 'hi' }]],
    ['Messages[]', [{ role: 'user', content: 'hi' }], [[{ role: 'user', content: 'hi' }]]],
  ])('converts to %s on purpose', async (type, value, expected) => {
    expect(await give({ type }, { value })).toEqual(expected);
  });

  it('refuses what cannot be converted', async () => {
    for (const [type, value] of [
      ['Number', 'many'],
      ['Boolean', 'perhaps'],
      ['Passages', 'x'],
    ])
      await expect(give({ type }, { value })).rejects.toMatchObject({ code: 'schema_mismatch' });
  });
});

describe('each', () => {
  const config = { workflow: '#part', concurrency: 2 };

  it('runs the workflow for each item, keeps the order and never runs more than it may', async () => {
    let [running, most] = [0, 0];
    const run = await runNode(each, {
      config,
      inputs: { items: [30, 5, 20, 1], shared: { language: 'nl' } },
      nested: async (_workflow, { item, language }) => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, item as number));
        running -= 1;
        return { text: `${String(item)} ${String(language)}` };
      },
    });
    expect(run.outputs).toEqual({ items: ['30 nl', '5 nl', '20 nl', '1 nl'], errors: [] });
    expect(most).toBe(2);
    expect(run.nested.map(({ key }) => key)).toEqual(['0', '1', '2', '3']);
    expect(run.progress.at(-1)).toEqual({ share: 1, message: '4 of 4' });
  });

  it('gives all outputs as an object, or the one that is chosen', async () => {
    const nested = () => ({ a: 1, b: 2 });
    expect((await runNode(each, { config, inputs: { items: [0] }, nested })).outputs['items']).toEqual([
      { a: 1, b: 2 },
    ]);
    expect(
      (await runNode(each, { config: { ...config, result: 'b' }, inputs: { items: [0] }, nested })).outputs['items'],
    ).toEqual([2]);
    await expect(
      runNode(each, { config: { ...config, result: 'c' }, inputs: { items: [0] }, nested }),
    ).rejects.toMatchObject({ code: 'node_output_invalid' });
  });

  const failing = (_workflow: string, { item }: Readonly<Record<string, unknown>>) => {
    if (item === 'bad') throw new HeddleError('json_invalid', 'no JSON');
    return { value: item };
  };

  it('stops, leaves out or keeps a gap when an item fails', async () => {
    const items = ['a', 'bad', 'c'];
    await expect(runNode(each, { config, inputs: { items }, nested: failing })).rejects.toMatchObject({
      code: 'json_invalid',
      message: 'Item 2: no JSON',
      details: { index: 1 },
    });
    const skipped = await runNode(each, { config: { ...config, onError: 'skip' }, inputs: { items }, nested: failing });
    expect(skipped.outputs).toEqual({
      items: ['a', 'c'],
      errors: [expect.objectContaining({ index: 1, code: 'json_invalid' })],
    });
    expect(
      (await runNode(each, { config: { ...config, onError: 'collect' }, inputs: { items }, nested: failing })).outputs[
        'items'
      ],
    ).toEqual(['a', null, 'c']);
  });

  it('starts nothing new after a failure, and ends only when nothing runs', async () => {
    const ended: unknown[] = [];
    const run = runNode(each, {
      config,
      inputs: { items: ['slow', 'bad', 'never'] },
      nested: async (workflow, inputs) => {
        if (inputs['item'] === 'slow') await new Promise((resolve) => setTimeout(resolve, 20));
        ended.push(inputs['item']);
        return failing(workflow, inputs);
      },
    });
    await expect(run).rejects.toMatchObject({ code: 'json_invalid' });
    expect(ended).toEqual(['bad', 'slow']);
  });

  it('never keeps a parked, cancelled or refused run as a failed item', async () => {
    class Parked extends Error {}
    for (const error of [
      new Parked(),
      new HeddleError('run_cancelled', 'x'),
      new HeddleError('label_refused', 'x'),
      new HeddleError('aborted', 'x'),
    ]) {
      await expect(
        runNode(each, {
          config: { ...config, onError: 'skip' },
          inputs: { items: [1] },
          nested: () => Promise.reject(error),
        }),
      ).rejects.toBe(error);
    }
  });

  it('refuses what is no list, and too many items', async () => {
    await expect(runNode(each, { config, inputs: { items: 'text' } })).rejects.toMatchObject({ code: 'input_type' });
    await expect(
      runNode(each, { config: { ...config, maxItems: 2 }, inputs: { items: [1, 2, 3] } }),
    ).rejects.toMatchObject({ code: 'input_too_large' });
    await expect(runNode(each, { config, inputs: { items: [1], shared: 'x' } })).rejects.toMatchObject({
      code: 'input_type',
    });
    expect((await runNode(each, { config, inputs: { items: [] } })).outputs).toEqual({ items: [], errors: [] });
  });
});

describe('workflow', () => {
  it('runs the workflow it names with its inputs', async () => {
    const face = (port: string) => ({ [port]: { type: 'Json', isOptional: false, mode: 'one' } as const });
    const run = await runNode(workflow, {
      config: { workflow: '#twice' },
      inputs: { n: 2 },
      interface: { inputs: face('n'), outputs: face('double') },
      nested: (_workflow, { n }) => ({ double: (n as number) * 2 }),
    });
    expect(run.outputs).toEqual({ double: 4 });
    expect(run.nested).toEqual([{ key: 'run', workflow: '#twice', inputs: { n: 2 } }]);
  });
});

describe('wait', () => {
  it('waits for a length of time or until a moment, and passes its value on', async () => {
    const run = await runNode(wait, { config: { amount: 2, unit: 'hours' }, inputs: { value: { a: 1 } }, now: 1_000 });
    expect(run.outputs).toEqual({ value: { a: 1 }, done: true });
    expect(run.sleeps).toEqual([1_000 + 7_200_000]);
    const until = '2023-11-14T23:13:20+00:00';
    expect((await runNode(wait, { config: { until } })).sleeps).toEqual([Date.parse(until)]);
    expect((await runNode(wait, { inputs: { until: '2020-01-01T00:00:00Z' } })).sleeps).toEqual([]);
  });

  it('finds the same moment when it runs again', async () => {
    const steps = new Map<string, unknown>();
    await runNode(wait, { config: { amount: 1, unit: 'days' }, now: 0, steps });
    expect((await runNode(wait, { config: { amount: 1, unit: 'days' }, now: 86_400_000, steps })).sleeps).toEqual([]);
  });

  it('refuses a moment without a zone and one that is too far away', async () => {
    await expect(runNode(wait, { config: { until: 'tomorrow' } })).rejects.toMatchObject({ code: 'workflow_invalid' });
    await expect(runNode(wait, { inputs: { until: '2026-12-01T09:00' } })).rejects.toMatchObject({
      code: 'input_type',
    });
    await expect(runNode(wait, { config: { amount: 10_000, unit: 'days' } })).rejects.toMatchObject({
      code: 'input_type',
    });
  });
});

describe('a workflow of logic nodes', () => {
  it('compiles: types pass through a switch, a sub-workflow lends its ports, each and merge join up', () => {
    const inner = {
      nodes: {
        in: { type: 'input', version: 1, config: { fields: [{ name: 'item', type: 'Text' }] } },
        out: { type: 'output', version: 1, config: { fields: [{ name: 'text', type: 'Text' }] } },
      },
      edges: [{ from: 'in.item', to: 'out.text' }],
      layout: { nodes: {} },
    };
    const document = parseDocument({
      heddle: 1,
      name: 'Logic',
      nodes: {
        start: { type: 'input', version: 1, config: { fields: [{ name: 'text', type: 'Text' }] } },
        route: { type: 'switch', version: 1, config: { cases: [{ name: 'long', when: 'length(value) > 10' }] } },
        sub: { type: 'workflow', version: 1, config: { workflow: '#part' } },
        shape: { type: 'set', version: 1, config: { value: ['{{ text }}'] } },
        loop: { type: 'each', version: 1, config: { workflow: '#part' } },
        join: { type: 'merge', version: 1, config: { mode: 'text' }, run: { join: 'any' } },
        end: { type: 'output', version: 1, config: { fields: [{ name: 'text', type: 'Text' }] } },
      },
      edges: [
        { from: 'start.text', to: 'route.value' },
        { from: 'route.long', to: 'sub.item' },
        { from: 'route.otherwise', to: 'shape.text' },
        { from: 'shape.value', to: 'loop.items' },
        { from: 'sub.text', to: 'join.values' },
        { from: 'loop.items', to: 'join.values' },
        { from: 'join.text', to: 'end.text' },
      ],
      workflows: { part: inner },
      layout: { nodes: {}, notes: [], groups: [] },
    });
    expect(compilePlan(document, createCatalog(standardNodes)).issues).toEqual([]);
  });
});
