import { describe, expect, it } from '@jest/globals';
import { createCatalog, describeNode, type NodeDefinition } from '@heddle/core';
import { checkNode } from '@heddle/core/testing';
import { z } from 'zod';
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

  /** The names of the settings of a node, of the required ones, and of the basic ones that its form always shows. */
  const settingsOf = (node: NodeDefinition) => {
    const { properties = {}, required = [] } = z
      .object({ properties: z.record(z.string(), z.looseObject({})), required: z.array(z.string()) })
      .partial()
      .parse(describeNode(node).config);
    const names = Object.keys(properties);
    return { names, required, basic: names.filter((name) => properties[name]?.['basic'] === true) };
  };
  const long = standardNodes.filter((node) => settingsOf(node).names.length > 5);

  it.each(long.map((node) => [node.type, node] as const))('%s shows three to five basic settings', (_type, node) => {
    expect(settingsOf(node).basic.length).toBeGreaterThanOrEqual(3);
    expect(settingsOf(node).basic.length).toBeLessThanOrEqual(5);
  });

  it.each(long.map((node) => [node.type, node] as const))(
    '%s has the required settings, and the setting that its card shows, among the basic settings',
    (_type, node) => {
      const { basic, required } = settingsOf(node);
      const open = (node.check?.(node.config.parse({})) ?? []).map(({ field }) => field.split('.')[0] ?? '');
      const headline = node.headline === undefined ? [] : [node.headline.split('.')[0] ?? ''];
      expect(basic).toEqual(expect.arrayContaining([...required, ...open, ...headline]));
    },
  );

  it('contains every type once', () => {
    expect(createCatalog(standardNodes).list()).toHaveLength(standardNodes.length);
  });
});
