import { describe, expect, it } from '@jest/globals';
import type { LabelledValue, PortDescription } from '@heddle/core';
import { exampleFrom } from './last-input.js';

const port = (name: string, type: PortDescription['type'], more: Partial<PortDescription> = {}): PortDescription => ({
  name,
  type,
  isOptional: false,
  mode: 'one',
  ...more,
});
const labelled = (value: unknown, level = 'internal') =>
  ({ value, label: { level, marks: [] } }) as unknown as LabelledValue;
const question = [port('question', 'Text')];

describe('the inputs of a run as an example', () => {
  it('are those that the workflow takes now', () => {
    const inputs = { question: labelled('How long?'), gone: labelled('x'), most: labelled(3) };
    expect(exampleFrom(inputs, [...question, port('most', 'Number', { isOptional: true })])).toEqual({
      question: 'How long?',
      most: 3,
    });
  });

  it.each(['confidential', 'restricted'])('leave out a %s value', (level) => {
    expect(exampleFrom({ question: labelled('secret', level) }, question)).toBeUndefined();
  });

  it('leave out files, missing values, and inherited names', () => {
    expect(exampleFrom({ letter: labelled({ hash: 'x' }) }, [port('letter', 'File')])).toBeUndefined();
    expect(exampleFrom({ question: labelled(undefined) }, question)).toBeUndefined();
    expect(exampleFrom({}, [port('constructor', 'Json')])).toBeUndefined();
  });

  it('leave out a value of another kind, and a choice that is no longer offered', () => {
    expect(exampleFrom({ question: labelled(3) }, question)).toBeUndefined();
    const choice = port('question', 'Text', { schema: { enum: ['a', 'b'] } });
    expect(exampleFrom({ question: labelled('c') }, [choice])).toBeUndefined();
    expect(exampleFrom({ question: labelled('b') }, [choice])).toEqual({ question: 'b' });
  });

  it('are shortened, never within a character', () => {
    const text = `${'x'.repeat(159)}😀 and more`;
    expect(exampleFrom({ question: labelled(text) }, question)).toEqual({ question: `${'x'.repeat(159)}…` });
    const list = exampleFrom({ talk: labelled([1, 2, 3, 4]) }, [port('talk', 'Messages')]);
    expect(list).toEqual({ talk: [1, 2, 3] });
    expect(exampleFrom({ data: labelled({ a: 'x'.repeat(2_000) }) }, [port('data', 'Json')])).toBeUndefined();
  });

  it('leave out a text with characters that are invisible in code', () => {
    for (const sign of ['\u001b', '\u202e', '\u0000', '\r', '\u200b'])
      expect(exampleFrom({ question: labelled(`a${sign}b`) }, question)).toBeUndefined();
    expect(exampleFrom({ question: labelled('a\nb\tc') }, question)).toEqual({ question: 'a\nb\tc' });
  });
});
