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

/** Compiles one node with a reference. */
function referenceIssues(kind: NodeReference['kind'], id: unknown, facts: CompileFacts) {
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

describe('references of a node', () => {
  it.each(['model', 'embedder', 'reranker', 'classifier'] as const)('warns if the %s is not known', (kind) => {
    expect(referenceIssues(kind, 'gone', known)).toMatchObject([
      { severity: 'warning', node: 'one', field: 'id', message: "The model 'gone' is not in the catalogue." },
    ]);
    expect(referenceIssues(kind, 'here', known)).toEqual([]);
    expect(referenceIssues(kind, '', known)).toEqual([]);
    expect(referenceIssues(kind, 'gone', { known: { collection: new Set() } })).toEqual([]);
  });

  it('refuses a collection that is not known', () => {
    expect(referenceIssues('collection', 'gone', known)).toMatchObject([
      { severity: 'error', node: 'one', field: 'id', message: "The collection 'gone' does not exist." },
    ]);
    expect(referenceIssues('collection', 'here', known)).toEqual([]);
    expect(referenceIssues('collection', 'gone', { known: { model: new Set() } })).toEqual([]);
  });

  it.each([
    ['tool', 'gone', 'nobody'],
    ['person', 'nobody', 'gone'],
  ] as const)('warns if something is wrong with the %s', (kind, wrong, right) => {
    expect(referenceIssues(kind, wrong, problems)).toMatchObject([
      { severity: 'warning', node: 'one', field: 'id', ...problem },
    ]);
    expect(referenceIssues(kind, right, problems)).toEqual([]);
    expect(referenceIssues(kind, wrong, known)).toEqual([]);
  });

  it('warns if something is wrong with the secret or its host', () => {
    for (const code of ['reference-missing', 'secret-host'] as const) {
      const facts: CompileFacts = { secretProblem: ({ id }) => (id === 'gone' ? { code, ...problem } : undefined) };
      expect(referenceIssues('secret', 'gone', facts)).toMatchObject([
        { code, severity: 'warning', node: 'one', field: 'id' },
      ]);
      expect(referenceIssues('secret', 'here', facts)).toEqual([]);
    }
    expect(referenceIssues('secret', 'gone', known)).toEqual([]);
  });

  it('reports nothing for references that only a run resolves, or if the settings are not valid', () => {
    expect(referenceIssues('policy', 'gone', { ...known, ...problems })).toEqual([]);
    expect(referenceIssues('model', 7, known)).toEqual([]);
  });
});
