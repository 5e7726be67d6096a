import { expect, it } from '@jest/globals';
import { toolNamesIn } from './tool-names.js';

it('lists the tool names of all agents, even in inner workflows, without tools of servers', () => {
  const agent = (...tools: readonly object[]) => ({
    nodes: { clerk: { type: 'agent', version: 1, config: { tools } } },
  });
  const document = {
    ...agent({ use: 'calculator' }, { use: 'http', name: 'mail' }, { use: 'search', collection: 'hand book' }),
    workflows: {
      inner: agent({ use: 'workflow', workflow: '#ask it' }, { use: 'mcp', server: 'files' }, { use: 'what' }),
    },
  };
  expect(toolNamesIn(document)).toEqual(['calculator', 'mail', 'search_hand_book', 'ask_it']);
});
