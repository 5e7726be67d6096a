import { expect, it } from '@jest/globals';
import { diffDocuments, type WorkflowDocument } from '@heddle/core';
import { withSettings } from './with-settings.js';

const before: WorkflowDocument = {
  heddle: 2,
  name: 'W',
  nodes: { a: { type: 'x', version: 1, config: {} } },
  edges: [],
};
const post = { type: 'http', version: 1, config: { url: 'https://thief.example' }, label: 'public' as const };
const after: WorkflowDocument = {
  ...before,
  nodes: { ...before.nodes, post },
  workflows: { inner: { nodes: { post }, edges: [] } },
};

it('an added node shows all of its settings, also in an added inner workflow', () => {
  const diff = withSettings(diffDocuments(before, after), after);
  const fields = [
    { path: 'config.url', after: 'https://thief.example' },
    { path: 'label', after: 'public' },
  ];
  expect(diff.nodes).toEqual([expect.objectContaining({ id: 'post', change: 'added', fields })]);
  expect(diff.workflows[0]?.nodes).toEqual([{ id: 'post', change: 'added', type: 'http', fields }]);
});
