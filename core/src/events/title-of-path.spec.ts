import { describe, expect, it } from '@jest/globals';
import { titleOfPath } from './title-of-path.js';

describe('the title of a path', () => {
  it('names every node of the path, with item and iteration counted from 1', () => {
    expect(titleOfPath('ask', ['Approve'])).toBe('Approve');
    expect(titleOfPath('ask@0.2', ['Approve'])).toBe('Approve · iteration 3');
    expect(titleOfPath('each@1#2/sub#run/ask', ['Each page', 'Inside', 'Approve'])).toBe(
      'Each page · iteration 2 · item 3 › Inside › Approve',
    );
  });

  it('uses the id of a node without a known title', () => {
    expect(titleOfPath('each#0/ask@1')).toBe('each · item 1 › ask · iteration 2');
    expect(titleOfPath('each#0/ask', ['Each page'])).toBe('Each page · item 1 › ask');
  });
});
