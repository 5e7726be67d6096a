import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { createCatalog } from '../../node/catalog.js';
import { defineNode } from '../../node/node-definition.js';
import { Json } from '../../types/port.js';
import { compilePlan } from '../compile-plan.js';

const step = defineNode({
  type: 'step',
  version: 1,
  category: 'other',
  title: 'Step',
  summary: '',
  role: 'step',
  effects: [],
  config: z.object({}),
  inputs: { in: Json.optional(), more: Json.optional(), back: Json.optional() },
  outputs: { out: Json },
  run: () => ({ out: 1 }),
});
const loop = { max: 3, atLimit: 'fail' as const };
const issuesOf = (edges: { from: string; to: string; loop?: typeof loop }[]) =>
  compilePlan(
    {
      heddle: 2,
      name: 'Loops',
      nodes: Object.fromEntries(['a', 'b', 'c', 'd'].map((id) => [id, { type: 'step', version: 1, config: {} }])),
      edges,
    },
    createCatalog([step]),
  ).issues.filter((issue) => issue.severity === 'error');
const two = [
  { from: 'a.out', to: 'b.in' },
  { from: 'b.out', to: 'a.back', loop },
  { from: 'c.out', to: 'd.in' },
  { from: 'd.out', to: 'c.back', loop },
];

describe('the check for loops that wait for each other', () => {
  it('reports two loops if each waits for the other', () => {
    expect(issuesOf([...two, { from: 'a.out', to: 'd.more' }, { from: 'c.out', to: 'b.more' }])).toMatchObject([
      { code: 'loop-overlap' },
    ]);
  });

  it('reports nothing if one loop follows the other', () => {
    expect(issuesOf([...two, { from: 'a.out', to: 'd.more' }, { from: 'b.out', to: 'c.in' }])).toEqual([]);
  });
});
