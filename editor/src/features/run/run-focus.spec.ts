import { describe, expect, it } from '@jest/globals';
import { parentExecutionOf, groupOf, scopesTo } from './execution/execution-path.js';
import { createRunFocus, pickExecution, pickIteration, pickPath } from './run-focus.js';

describe('the focus on a run', () => {
  const inner = ['judge@0.0', 'judge@0.1', 'judge@1.0'];

  it('follows the latest execution until an iteration is picked', () => {
    expect(pickPath(inner, undefined)).toBe('judge@1.0');
    expect(pickPath(inner, '0.1')).toBe('judge@0.1');
  });

  it('shows the last inner iteration of an outer one, and the outer iteration of an inner one', () => {
    expect(pickPath(inner, '0')).toBe('judge@0.1');
    expect(pickPath(['draft@0', 'draft@1'], '0.1')).toBe('draft@0');
    expect(pickPath(['draft@1', 'draft@10'], '1')).toBe('draft@1');
  });

  it('picks an iteration for all nodes of a loop, in one nested run only', () => {
    const focus = createRunFocus();
    pickIteration(focus, 'each#2', ['draft', 'judge'], '1');
    expect([...focus.getState().picks]).toEqual([
      ['each#2/draft', '1'],
      ['each#2/judge', '1'],
    ]);
    pickIteration(focus, 'each#2', ['draft', 'judge'], undefined);
    expect(focus.getState().picks.size).toBe(0);
  });

  it('picks the iteration of an execution, and follows new ones when that is the latest', () => {
    const focus = createRunFocus();
    pickExecution(focus, inner, ['draft', 'judge'], 'judge@0.1');
    expect([...focus.getState().picks]).toEqual([
      ['draft', '0.1'],
      ['judge', '0.1'],
    ]);
    pickExecution(focus, inner, ['draft', 'judge'], 'judge@1.0');
    expect(focus.getState().picks.size).toBe(0);
  });

  it('reads scopes from paths', () => {
    expect(groupOf('each@1#3/inner#a/shout@0')).toBe('each@1#3/inner#a/shout');
    expect(parentExecutionOf('each@1#3/inner#a')).toEqual({ path: 'each@1#3/inner', key: 'a' });
    expect(scopesTo('each@1#3/inner#a')).toEqual(['each@1#3', 'each@1#3/inner#a']);
  });
});
