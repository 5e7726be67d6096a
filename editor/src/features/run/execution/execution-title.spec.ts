import { parseDocument } from '@heddle/core';
import { describe, expect, it } from '@jest/globals';
import { executionTitle, executionText } from './execution-title.js';
import { titlesWithin } from './titles-within.js';

const titleOf = (id: string, around: readonly string[]): string => `The ${[...around, id].join('.')}`;

describe('the title of an execution', () => {
  it('is that of its node, with the iteration when there are several', () => {
    expect(executionTitle('ask', '', titleOf)).toBe('The ask');
    expect(executionTitle('ask@0.2', '', titleOf)).toBe('The ask · iteration 3');
    expect(executionTitle('each#3/ask', 'each#3', titleOf)).toBe('The ask');
  });

  it('names the outer nodes, and counts the items of a list from one', () => {
    expect(executionTitle('each#3/ask@1', '', titleOf)).toBe('The each, item 4 › The each.ask · iteration 2');
    expect(executionTitle('each#3/inner/ask', 'each#3', titleOf)).toBe('The inner › The inner.ask');
    expect(executionTitle('turn@1#0/part/ask', '', titleOf)).toBe(
      'The turn · iteration 2, item 1 › The turn.part › The turn.part.ask',
    );
    expect(executionText('a/each#1/ask', '', titleOf)).toEqual({
      around: 'The a › The a.each',
      which: ', item 2',
      own: 'The a.each.ask',
    });
  });

  it('names a node by its id when the run in view does not know it', () => {
    expect(executionTitle('each#31/ask', 'each#3', titleOf)).toBe('each, item 32 › ask');
    expect(executionTitle('ask', 'each#3', titleOf)).toBe('ask');
  });
});

describe('titles within a workflow', () => {
  const document = parseDocument({
    heddle: 2,
    name: 'Summarise',
    nodes: {
      each: { type: 'each', version: 1, title: 'Summarise each part', config: { workflow: '#part' } },
      other: { type: 'workflow', version: 1, title: 'Another', config: { workflow: 'stored' } },
    },
    edges: [],
    workflows: {
      part: {
        nodes: {
          write: { type: 'generate', version: 1, title: 'Summarise' },
          deep: { type: 'workflow', version: 1, title: 'Look closer', config: { workflow: '#deep' } },
        },
        edges: [],
      },
      deep: { nodes: { look: { type: 'prompt', version: 1, title: 'Look' } }, edges: [] },
    },
  });
  const title = (path: string): string => executionTitle(path, '', titlesWithin(document, new Map()));

  it('are those of the inner workflows, at any depth', () => {
    expect(title('each#0/write')).toBe('Summarise each part, item 1 › Summarise');
    expect(title('each#0/deep/look')).toBe('Summarise each part, item 1 › Look closer › Look');
  });

  it('are ids in a workflow that is stored elsewhere', () => {
    expect(title('other/step')).toBe('Another › step');
  });
});
