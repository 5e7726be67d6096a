import { createCatalog, parseDocument, runThrough, type WorkflowDocument } from '@heddle/core';
import { runInterleaved, watchPieces } from '@heddle/core/testing';
import { standardNodes } from '@heddle/nodes';
import { describe, expect, it } from '@jest/globals';
import { namedBy, referencesOf, referencesSteps } from './references.js';

const catalog = createCatalog(standardNodes);
const generate = (model: string) => ({ type: 'generate', version: 1, config: { model } });
const uses = (workflow: string) => ({ type: 'each', version: 1, config: { workflow } });
const searches = { type: 'retrieve', version: 1, config: { collection: 'faq' } };
const numbered = <Value>(count: number, make: (index: number) => Value) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, make(index)]));
const documentOf = (nodes: object, workflows?: object): WorkflowDocument =>
  parseDocument({ heddle: 2, name: 'W', nodes, edges: [], ...(workflows === undefined ? {} : { workflows }) });

describe('the references of a document', () => {
  it('are searched in pieces, nested workflows included, however small each is', () => {
    const inner = numbered(200, () => ({ nodes: numbered(20, (index) => generate(`m${index}`)), edges: [] }));
    const document = documentOf(
      numbered(1_000, (index) => generate(`m${index}`)),
      inner,
    );
    const { result, pieces, most } = watchPieces(({ watch }) => referencesSteps(watch(document), catalog));
    expect(result.filter(({ kind }) => kind === 'model')).toHaveLength(5_000);
    expect(result).toEqual(referencesOf(document, catalog));
    expect(pieces).toBeGreaterThanOrEqual(40);
    // A node counts with its type, config and model, and the nested workflows are listed in one piece.
    expect(most).toBeLessThanOrEqual(2_000);
    expect(runInterleaved([referencesSteps(document, catalog), referencesSteps(document, catalog)])).toEqual([
      result,
      result,
    ]);
  });

  it('include collections at any depth of nested workflows, each searched once', () => {
    const stored: Record<string, WorkflowDocument> = {};
    for (let index = 0; index < 400; index += 1)
      stored[`w${index}`] = documentOf({ ...numbered(20, () => uses(`w${index + 1}`)), back: uses('w0') });
    stored['w400'] = documentOf({ searches });
    const first = documentOf({ a: uses('w0') });
    const asked: string[] = [];
    const find = (slug: string): WorkflowDocument | undefined => {
      asked.push(slug);
      return stored[slug];
    };
    const { result, pieces } = watchPieces(() => namedBy(first, catalog, find));
    expect([...result.collections]).toEqual(['faq']);
    expect(result.documents.size).toBe(402);
    expect(asked.length).toBeLessThanOrEqual(400 * 21 + 1);
    expect(pieces).toBeGreaterThanOrEqual(50);
    delete stored['w400'];
    expect(runThrough(namedBy(first, catalog, find)).collections.size).toBe(0);
  });
});
