import { describe, expect, it } from '@jest/globals';
import { createCatalog, HeddleError, type StoredWorkflow } from '@heddle/core';
import { standardNodes } from '@heddle/nodes';
import { testsWithoutFixtures } from './tests-without-fixtures.js';

const catalog = createCatalog(standardNodes);
const stored = (slug: string, type: string): StoredWorkflow =>
  ({ id: slug, slug, document: { nodes: { shop: { type, version: 1, config: {} } } } }) as unknown as StoredWorkflow;
const line = (fixtures?: object): string => JSON.stringify({ name: 'a', expect: {}, ...fixtures });

describe('tests that need fixtures for requests', () => {
  const listed = (type: string, content: string | undefined) =>
    testsWithoutFixtures({
      catalog,
      parts: {
        workflows: { list: () => Promise.resolve([stored('orders', type)]) },
        versions: { tests: () => Promise.resolve(content) },
      },
    });

  it('are listed with the node whose result they lack', async () => {
    const found = [{ workflow: 'orders', nodes: ['shop'] }];
    expect(await listed('http', line())).toEqual(found);
    expect(await listed('http', `${line({ fixtures: { shop: {} } })}\n${line()}\n`)).toEqual(found);
  });

  it('are not listed when each test has the fixture, there is no test, or the node makes no request', async () => {
    expect(await listed('http', line({ fixtures: { shop: { status: 200 } } }))).toEqual([]);
    expect(await listed('http', undefined)).toEqual([]);
    expect(await listed('http', '\n{broken\n')).toEqual([]);
    expect(await listed('prompt', line())).toEqual([]);
    expect(await listed('unknown', line())).toEqual([]);
  });

  it('are not listed while the store cannot be read, which health reports elsewhere', async () => {
    const list = () => Promise.reject(new HeddleError('storage_failed', 'no'));
    const parts = { workflows: { list }, versions: { tests: () => Promise.resolve(line()) } };
    expect(await testsWithoutFixtures({ catalog, parts })).toEqual([]);
  });
});
