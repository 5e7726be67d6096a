import { parseDocument, type Issue, type NodeDescription } from '@heddle/core';
import { describe, expect, it } from '@jest/globals';
import { issueText } from './issue-text.js';

const document = parseDocument({
  heddle: 2,
  name: 'Ask',
  nodes: {
    question: { type: 'input', version: 1 },
    search: { type: 'retrieve', version: 1, title: 'Search the handbook' },
    handbook: { type: 'output', version: 1 },
  },
  edges: [{ from: 'question.text', to: 'search.query' }],
});
const retrieve = {
  type: 'retrieve',
  title: 'Retrieve',
  defaults: {},
  config: { type: 'object', properties: { collection: { type: 'string', title: 'Collection' } } },
  inputs: [{ name: 'query', title: 'Question', type: 'Text' }],
  outputs: [],
};
const input = {
  type: 'input',
  title: 'Input',
  config: {},
  inputs: [],
  outputs: [{ name: 'text', title: 'Text', type: 'Text' }],
};
const byType = new Map(Object.entries({ retrieve, input })) as unknown as ReadonlyMap<string, NodeDescription>;
const text = (issue: Omit<Issue, 'severity'>): ReturnType<typeof issueText> =>
  issueText({ severity: 'error', ...issue }, { document, compiled: undefined }, byType);

describe('the text of an issue', () => {
  it('names nodes, ports and settings by their titles', () => {
    expect(
      text({
        code: 'input-missing',
        node: 'search',
        port: 'query',
        message: "The input 'query' of 'search' is required.",
      }),
    ).toEqual({
      location: 'Search the handbook › Question',
      message: 'The input “Question” of “Search the handbook” is required.',
      fix: undefined,
    });
    expect(
      text({ code: 'config-invalid', node: 'search', field: 'collection', message: 'None is chosen.' }).location,
    ).toBe('Search the handbook › Collection');
    expect(
      text({ code: 'type-mismatch', edge: 'question.text->search.query', message: "'question.text' gives Text." }),
    ).toEqual({
      location: '“Input” (Text) → “Search the handbook” (Question)',
      message: '“Input” (Text) gives Text.',
      fix: undefined,
    });
  });

  it('keeps names that are not nodes: a collection with the name of a node, a dangling edge, the workflow', () => {
    expect(
      text({ code: 'reference-missing', node: 'search', message: "The collection 'handbook' does not exist." }).message,
    ).toBe("The collection 'handbook' does not exist.");
    expect(
      text({
        code: 'edge-dangling',
        edge: 'gone.text->search.query',
        message: "The edge 'gone.text->search.query' names 'gone'.",
      }),
    ).toEqual({
      location: 'gone.text->search.query',
      message: "The edge 'gone.text->search.query' names 'gone'.",
      fix: undefined,
    });
    expect(text({ code: 'no-output', message: 'Nothing comes out.' }).location).toBe('Workflow');
  });
});
