import { describe, expect, it } from '@jest/globals';
import { choiceOf } from './request-choice.js';

const listOf = (...choices: readonly string[]) => ({ type: 'string', enum: choices });

describe('the choices of a human input request', () => {
  it('are its buttons, whatever else its form lists', () => {
    const buttons = [
      { id: 'approve', title: 'Approve' },
      { id: 'refuse', title: 'Refuse' },
    ];
    const schema = { type: 'object', properties: { tone: listOf('kind', 'short') } };
    expect(choiceOf({ title: 'Send?', buttons, schema })).toEqual({
      property: 'choice',
      options: ['approve', 'refuse'],
    });
  });

  it('are its one list of texts when it has no buttons, as before a node that must not run twice', () => {
    const schema = { type: 'object', properties: { decision: listOf('run', 'fail') }, required: ['decision'] };
    expect(choiceOf({ title: "'h' may have run already", schema })).toEqual({
      property: 'decision',
      options: ['run', 'fail'],
    });
  });

  it('are empty when a form has no list, or several', () => {
    const two = { type: 'object', properties: { one: listOf('a'), two: listOf('b') } };
    for (const schema of [{}, { type: 'object', properties: { name: { type: 'string' } } }, two])
      expect(choiceOf({ title: 'What?', schema })).toBeUndefined();
  });
});
