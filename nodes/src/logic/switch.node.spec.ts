import { describe, expect, it } from '@jest/globals';
import { runNode, type RunNodeOptions } from '@heddle/core/testing';
import { switchNode } from './switch.node.js';

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

  it('takes the first case that matches, otherwise the other output', async () => {
    expect(await takes({ score: 0.9, tags: ['urgent'] })).toEqual(['good']);
    expect(await takes({ score: 0.1, tags: ['urgent'] })).toEqual(['urgent']);
    expect(await takes({ score: 0.1, tags: [] })).toEqual(['otherwise']);
    expect(await takes(null, { otherwise: 'rest' })).toEqual(['rest']);
  });

  it('takes all matching cases if configured', async () => {
    expect(await takes({ score: 0.9, tags: ['urgent'] }, { all: true })).toEqual(['good', 'urgent']);
  });

  it('gives its conditions the iteration of a loop', async () => {
    const config = { cases: [{ name: 'last', when: 'iteration.last || iteration.index > 5' }] };
    expect(await takes(1, config, { index: 2, max: 3, last: true })).toEqual(['last']);
    expect(await takes(1, config, { index: 1, max: 3, last: false })).toEqual(['otherwise']);
  });

  it('reports conditions that cannot be read or use unknown names, and repeated case names, at their fields', async () => {
    const problem = (config: unknown) =>
      runNode(switchNode, { config: config as Record<string, unknown>, inputs: { value: 1 } }).catch(
        (error: unknown) => error,
      );
    expect(await problem({ cases: [{ name: 'a', when: 'value >' }] })).toMatchObject({
      code: 'workflow_invalid',
      message: expect.stringContaining('cases.0.when: At character 8'),
    });
    expect(await problem({ cases: [{ name: 'a', when: 'score > 1' }] })).toMatchObject({
      message: expect.stringContaining("'score' is unknown here"),
    });
    expect(await problem({ cases: [cases[0], cases[0]] })).toMatchObject({
      message: expect.stringContaining("The name 'good' is used twice"),
    });
    expect(await problem({ cases, otherwise: 'good' })).toMatchObject({
      message: expect.stringContaining('otherwise:'),
    });
  });

  it('fails if a condition cannot compare a value', async () => {
    await expect(takes({ score: 'high', tags: [] })).rejects.toMatchObject({ code: 'expression_invalid' });
  });
});
