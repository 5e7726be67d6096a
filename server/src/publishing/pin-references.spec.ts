import { describe, expect, it } from '@jest/globals';
import { createCatalog, parseDocument } from '@heddle/core';
import { standardNodes } from '@heddle/nodes';
import { pinReferences, secretsOf } from './pin-references.js';

const catalog = createCatalog(standardNodes);
const chat = (model: string) => ({ type: 'generate', version: 1, config: { model } });
const bundleOf = (nodes: object, workflows: object = {}) => ({
  document: parseDocument({ heddle: 2, name: 'Test', nodes, edges: [], workflows }),
  workflows: {},
});

describe('the references of a version', () => {
  it('are refused with the node that names a missing one', async () => {
    const describeReference = async (_kind: string, id: string) => (id === 'here' ? { id } : undefined);
    const gone = {
      code: 'resource_unavailable',
      message: expect.stringContaining("The model 'far/gone' that 'answer' refers"),
    };
    await expect(
      pinReferences(bundleOf({ first: chat('here'), answer: chat('far/gone') }), catalog, describeReference),
    ).rejects.toMatchObject(gone);
    const inside = bundleOf({}, { part: { nodes: { ask: chat('far/gone') }, edges: [] } });
    await expect(pinReferences(inside, catalog, describeReference)).rejects.toMatchObject({
      message: expect.stringContaining("that '#part/ask' refers to does not exist here"),
    });
  });

  it('include the secrets of its nodes once each, also those of workflows that it calls', () => {
    const http = (secret: string) => ({
      type: 'http',
      version: 1,
      config: { url: 'https://a.example/', auth: { kind: 'bearer', secret } },
    });
    const called = parseDocument({ heddle: 2, name: 'Called', nodes: { get: http('stock') }, edges: [] });
    const bundle = bundleOf({ a: http('crm'), b: http('crm') }, { part: { nodes: { c: http('billing') }, edges: [] } });
    expect(secretsOf({ ...bundle, workflows: { called } }, catalog)).toEqual(['billing', 'crm', 'stock']);
    expect(secretsOf(bundleOf({ ask: chat('here') }), catalog)).toEqual([]);
  });
});
