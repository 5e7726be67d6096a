import { parseDocument, type Issue, type NodeDescription } from '@heddle/core';
import { describe, expect, it } from '@jest/globals';
import { issueWords } from './issue-words.js';

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
const words = (issue: Omit<Issue, 'severity'>): ReturnType<typeof issueWords> =>
  issueWords({ severity: 'error', ...issue }, { document, compiled: undefined }, byType);

describe('the words of an issue', () => {
  it('call nodes, ports and settings by their titles', () => {
    expect(
      words({
        code: 'input-missing',
        node: 'search',
        port: 'query',
        message: "The input 'query' of 'search' is required.",
      }),
    ).toEqual({
      place: 'Search the handbook › Question',
      message: 'The input “Question” of “Search the handbook” is required.',
      fix: undefined,
    });
    expect(
      words({ code: 'config-invalid', node: 'search', field: 'collection', message: 'None is chosen.' }).place,
    ).toBe('Search the handbook › Collection');
    expect(
      words({ code: 'type-mismatch', edge: 'question.text->search.query', message: "'question.text' gives Text." }),
    ).toEqual({
      place: '“Input” (Text) → “Search the handbook” (Question)',
      message: '“Input” (Text) gives Text.',
      fix: undefined,
    });
  });

  it('leave alone what is no node: a collection of the same name, an edge to nowhere, the workflow', () => {
    expect(
      words({ code: 'reference-missing', node: 'search', message: "The collection 'handbook' does not exist." })
        .message,
    ).toBe("The collection 'handbook' does not exist.");
    expect(
      words({
        code: 'edge-dangling',
        edge: 'gone.text->search.query',
        message: "The edge 'gone.text->search.query' names 'gone'.",
      }),
    ).toEqual({
      place: 'gone.text->search.query',
      message: "The edge 'gone.text->search.query' names 'gone'.",
      fix: undefined,
    });
    expect(words({ code: 'no-output', message: 'Nothing comes out.' }).place).toBe('Workflow');
  });
});
