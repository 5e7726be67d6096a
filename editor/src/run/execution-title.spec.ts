import { describe, expect, it } from '@jest/globals';
import { executionTitle } from './execution-title.js';

const titleOf = (id: string): string => `The ${id}`;

describe('the title of an execution', () => {
  it("is its node's, with the iteration where there are several", () => {
    expect(executionTitle('ask', '', titleOf)).toBe('The ask');
    expect(executionTitle('ask@0.2', '', titleOf)).toBe('The ask · iteration 3');
    expect(executionTitle('each#3/ask', 'each#3', titleOf)).toBe('The ask');
  });

  it('names the run of an execution elsewhere, whose nodes are not known here', () => {
    expect(executionTitle('each#3/ask@1', '', titleOf)).toBe('each#3 › ask · iteration 2');
    expect(executionTitle('each#3/inner/ask', 'each#3', titleOf)).toBe('inner › ask');
    expect(executionTitle('each#31/ask', 'each#3', titleOf)).toBe('each#31 › ask');
    expect(executionTitle('ask', 'each#3', titleOf)).toBe('ask');
  });
});
