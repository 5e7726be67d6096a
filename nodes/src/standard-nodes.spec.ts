import { describe, expect, it } from '@jest/globals';
import { createCatalog, describeNode } from '@heddle/core';
import { checkNode } from '@heddle/core/testing';
import { standardNodes } from './index.js';

describe('standardNodes', () => {
  it.each(standardNodes.map((node) => [node.type, node] as const))(
    '%s passes the checks of heddle node test',
    async (_type, node) => {
      expect(await checkNode(node)).toEqual([]);
    },
  );

  it.each(standardNodes.map((node) => [node.type, node] as const))('%s can be described as JSON', (_type, node) => {
    const description = describeNode(node);
    expect(JSON.parse(JSON.stringify(description))).toEqual(description);
  });

  it('has every type once', () => {
    expect(createCatalog(standardNodes).list()).toHaveLength(standardNodes.length);
  });
});
