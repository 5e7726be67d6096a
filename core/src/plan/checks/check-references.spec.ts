import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { createCatalog } from '../../node/catalog.js';
import { defineNode, type NodeReference } from '../../node/node-definition.js';
import { base } from '../__fixtures__/plan-documents.js';
import { compilePlan } from '../compile-plan.js';
import type { CompileFacts } from '../facts.js';

const kinds: readonly NodeReference['kind'][] = [
  'model',
  'embedder',
  'reranker',
  'classifier',
  'collection',
  'tool',
  'person',
  'policy',
  'secret',
];
const catalog = createCatalog(
  kinds.map((kind) =>
    defineNode({
      ...base,
      type: kind,
      title: kind,
      role: 'sink',
      config: z.object({ id: z.string().default('') }),
      inputs: {},
      outputs: {},
      references: ({ id }) => [{ kind, id, field: 'id' }],
      run: () => ({}),
    }),
  ),
);

/** The issues of one node with a reference. */
function doubts(kind: NodeReference['kind'], id: unknown, facts: CompileFacts) {
  const { issues } = compilePlan(
    { heddle: 2, name: 'N', nodes: { one: { type: kind, version: 1, config: { id } } }, edges: [] },
    catalog,
    facts,
  );
  return issues.filter(({ code }) => code === 'reference-missing' || code === 'secret-host');
}

const known = { known: { model: new Set(['here']), collection: new Set(['here']) } };
const problem = { message: 'It is not right.', fix: 'Make it right.' };
const problems: CompileFacts = {
  toolProblem: (id) => (id === 'gone' ? problem : undefined),
  personProblem: (name) => (name === 'nobody' ? problem : undefined),
};

describe('what a node refers to', () => {
  it.each(['model', 'embedder', 'reranker', 'classifier'] as const)('warns if the %s is not known', (kind) => {
    expect(doubts(kind, 'gone', known)).toMatchObject([
      { severity: 'warning', node: 'one', field: 'id', message: "The model 'gone' is not in the catalogue." },
    ]);
    expect(doubts(kind, 'here', known)).toEqual([]);
    expect(doubts(kind, '', known)).toEqual([]);
    expect(doubts(kind, 'gone', { known: { collection: new Set() } })).toEqual([]);
  });

  it('refuses a collection that is not known', () => {
    expect(doubts('collection', 'gone', known)).toMatchObject([
      { severity: 'error', node: 'one', field: 'id', message: "The collection 'gone' does not exist." },
    ]);
    expect(doubts('collection', 'here', known)).toEqual([]);
    expect(doubts('collection', 'gone', { known: { model: new Set() } })).toEqual([]);
  });

  it.each([
    ['tool', 'gone', 'nobody'],
    ['person', 'nobody', 'gone'],
  ] as const)('is doubted where something is wrong with the %s', (kind, wrong, right) => {
    expect(doubts(kind, wrong, problems)).toMatchObject([
      { severity: 'warning', node: 'one', field: 'id', ...problem },
    ]);
    expect(doubts(kind, right, problems)).toEqual([]);
    expect(doubts(kind, wrong, known)).toEqual([]);
  });

  it('warns if something is wrong with the secret or its host', () => {
    for (const code of ['reference-missing', 'secret-host'] as const) {
      const facts: CompileFacts = { secretProblem: ({ id }) => (id === 'gone' ? { code, ...problem } : undefined) };
      expect(doubts('secret', 'gone', facts)).toMatchObject([{ code, severity: 'warning', node: 'one', field: 'id' }]);
      expect(doubts('secret', 'here', facts)).toEqual([]);
    }
    expect(doubts('secret', 'gone', known)).toEqual([]);
  });

  it('is not checked for references that only a run resolves, or if the settings are not valid', () => {
    expect(doubts('policy', 'gone', { ...known, ...problems })).toEqual([]);
    expect(doubts('model', 7, known)).toEqual([]);
  });
});
