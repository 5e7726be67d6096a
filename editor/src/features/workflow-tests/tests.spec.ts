import type { PortDescription, WorkflowTest } from '@heddle/core';
import { describe, expect, it } from '@jest/globals';
import { formOf, testOf } from './test-form.js';
import { assertionText, freeName, readTests, writeTests } from './test-lines.js';
import { testOfRun } from './test-of-run.js';

const port = (name: string, type: PortDescription['type'], isOptional = false): PortDescription =>
  ({ name, type, isOptional }) as PortDescription;
const planInterface = {
  inputs: [port('question', 'Text'), port('most', 'Number', true)],
  outputs: [port('answer', 'Text'), port('data', 'Json')],
};
const test: WorkflowTest = {
  name: 'names the day',
  inputs: { question: 'When?', most: 3 },
  expect: {
    outputs: { answer: { contains: ['25th', 'month'], label: 'internal' }, data: { equals: { day: 25 } } },
    citations: { min: 1, documents: ['pay.md'] },
    cost: 0.01,
  },
};

describe('a file of tests', () => {
  it('is read and written without a loss, even when a line is no test', () => {
    const content = `${JSON.stringify(test)}\n\n{"name":1}\nnonsense\n`;
    const lines = readTests(content);
    expect(lines.map(({ kind }) => kind)).toEqual(['test', 'unreadable', 'unreadable']);
    expect(writeTests(lines)).toBe(content.replace('\n\n', '\n'));
    expect(freeName('names the day', lines)).toBe('names the day 2');
    expect(assertionText(test)).toBe('answer: contains, label · data: equals · citations · cost');
  });
});

describe('the form of a test', () => {
  it('gives the same test back', () => {
    expect(testOf(formOf(test), planInterface)).toEqual({ ok: true, test });
  });

  it('says beside each field what is wrong', () => {
    const form = formOf({ ...test, inputs: {} });
    const read = testOf(
      {
        ...form,
        name: ' ',
        cost: 'much',
        citationsMin: '1.5',
        outputs: {
          answer: { ...(form.outputs['answer'] ?? never()), matches: '(' },
          data: { ...(form.outputs['data'] ?? never()), equals: '{' },
        },
      },
      planInterface,
    );
    expect(read.ok ? [] : Object.keys(read.errors).sort()).toEqual([
      'citations',
      'cost',
      'input question',
      'name',
      'output answer',
      'output data',
    ]);
  });

  it('allows a missing input when the run is expected to fail', () => {
    const form = { ...formOf({ name: 'fails', inputs: {}, expect: { outputs: {} } }), error: 'input_missing' };
    expect(testOf(form, planInterface)).toEqual({
      ok: true,
      test: { name: 'fails', inputs: {}, expect: { outputs: {}, error: 'input_missing' } },
    });
  });
});

describe('a test made from a run', () => {
  const label = { level: 'internal', marks: [] } as const;
  const inputs = { question: { value: 'When?', label: { ...label, marks: [] } } };
  it('expects short outputs unchanged, and the beginning of long ones', () => {
    const made = testOfRun('t', inputs, { answer: `On the 25th.\n${'x'.repeat(500)}`, data: [1] }, undefined);
    expect(made.inputs).toEqual({ question: 'When?' });
    expect(made.expect.outputs).toEqual({ answer: { contains: 'On the 25th.' }, data: { equals: [1] } });
  });
  it('expects the error of a failed run', () => {
    expect(testOfRun('t', inputs, {}, 'timeout').expect).toEqual({ outputs: {}, error: 'timeout' });
  });
});

function never(): never {
  throw new Error('The form has this output.');
}
