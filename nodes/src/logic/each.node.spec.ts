import { describe, expect, it } from '@jest/globals';
import { HeddleError } from '@heddle/core';
import { runNode } from '@heddle/core/testing';
import { each } from './each.node.js';

describe('each', () => {
  const config = { workflow: '#part', concurrency: 2 };

  it('runs the workflow for each item, keeps the order of the results, and respects its concurrency', async () => {
    let running = 0;
    let most = 0;
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

  it('returns all outputs as an object, or the chosen one', async () => {
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

  it('stops, leaves the item out or keeps a gap when an item fails, as configured', async () => {
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

  it('starts no item after a failure, and ends only when no item runs', async () => {
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

  it('never counts a suspended, cancelled or refused run as a failed item', async () => {
    class Suspended extends Error {}
    for (const error of [
      new Suspended(),
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

  it('refuses a value that is not a list, and too many items', async () => {
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
