import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { labelOf } from '../labels/label.js';
import { createCatalog } from '../node/catalog.js';
import { defineNode } from '../node/node-definition.js';
import { Text } from '../types/port.js';
import { base, catalog, codes, document, simple, type Nodes } from './__fixtures__/plan-documents.js';
import { compilePlan } from './compile-plan.js';

describe('compilePlan', () => {
  it('gives a plan of indexes and no issue for a sound document', () => {
    const { plan, issues } = compilePlan(document(simple, ['a.text > b.text', 'b.text > c.text']), catalog);
    expect(issues).toEqual([]);
    expect(plan?.nodes.map((node) => node.id)).toEqual(['a', 'b', 'c']);
    expect(plan?.sources).toEqual([0]);
    expect(plan?.sinks).toEqual([2]);
    expect(plan?.nodes[1]?.config).toEqual({ size: 1 });
    expect(Object.keys(plan?.interface.inputs ?? {})).toEqual(['text']);
    expect(plan?.edges[0]).toMatchObject({ from: 0, to: 1, loopOf: -1, leaves: -1, inside: -1, isStream: false });
  });

  it('refuses a document without nodes with one issue that says how to start', () => {
    const { plan, issues } = compilePlan(document({}, []), catalog);
    expect(plan).toBeUndefined();
    expect(issues).toMatchObject([
      { code: 'workflow-empty', severity: 'error', fix: expect.stringMatching(/^Add an/) },
    ]);
    expect(codes({ gone: { type: 'nowhere' } }, [])).not.toContain('workflow-empty');
  });

  it('reports all issues of a document at once, each with a location and a fix', () => {
    const { plan, issues } = compilePlan(
      document(
        {
          a: { type: 'source' },
          bad: { type: 'nowhere' },
          old: { type: 'step', version: 9 },
          wrong: { type: 'step', config: { size: 'x' } },
          strict: { type: 'strict' },
          n: { type: 'number' },
          Bad: { type: 'step' },
        },
        [
          'a.text > strict.nope',
          'ghost.text > strict.text',
          'n.json > strict.text',
          'a.text > b',
          'a.text > n.text',
          'a.text > n.text',
        ],
      ),
      catalog,
    );
    expect(plan).toBeUndefined();
    expect(issues.map((issue) => issue.code)).toEqual(
      expect.arrayContaining([
        'unknown-node-type',
        'node-version-newer',
        'config-invalid',
        'port-unknown',
        'edge-dangling',
        'type-mismatch',
        'edge-malformed',
        'edge-doubled',
        'bad-node-id',
      ]),
    );
    for (const issue of issues) {
      expect(issue.message).not.toBe('');
      if (issue.severity === 'error') expect(issue.fix).toBeTruthy();
      expect(issue.node ?? issue.edge ?? issue.code).toBeTruthy();
    }
    expect(issues.find((issue) => issue.code === 'config-invalid')).toMatchObject({ node: 'wrong', field: 'size' });
  });

  it('reports a required input without an edge, and two edges into an input that takes one', () => {
    expect(codes({ a: { type: 'source' }, s: { type: 'strict' }, c: { type: 'sink' } }, ['s.text > c.text'])).toContain(
      'input-missing',
    );
    expect(
      codes({ a: { type: 'source' }, b: { type: 'source' }, s: { type: 'strict' }, c: { type: 'sink' } }, [
        'a.text > s.text',
        'b.text > s.text',
        's.text > c.text',
      ]),
    ).toContain('input-doubled');
    expect(
      codes({ a: { type: 'source' }, b: { type: 'step' }, m: { type: 'merge' }, c: { type: 'sink' } }, [
        'a.text > b.text',
        'a.text > m.values',
        'b.text > m.values',
        'm.list > c.json',
      ]),
    ).toEqual([]);
  });

  it("refuses the join 'any' for a node with a required input", () => {
    expect(
      codes({ a: { type: 'source' }, s: { type: 'strict', run: { join: 'any' } }, c: { type: 'sink' } }, [
        'a.text > s.text',
        's.text > c.text',
      ]),
    ).toContain('join-any-required');
  });

  it('reports the wrong run setting as the field of the issue', () => {
    const { issues } = compilePlan(
      document(
        {
          a: { type: 'source' },
          s: { type: 'strict', run: { join: 'any' } },
          b: { type: 'step', run: { atMostOnce: true, retry: { attempts: 3, backoffMs: 0 } } },
          c: { type: 'sink' },
        },
        ['a.text > s.text', 's.text > b.text', 'b.text > c.text'],
      ),
      catalog,
    );
    expect(issues).toEqual([
      expect.objectContaining({ code: 'join-any-required', severity: 'error', node: 's', field: 'run.join' }),
      expect.objectContaining({ code: 'retry-unused', severity: 'warning', node: 'b', field: 'run.retry.attempts' }),
    ]);
  });

  it('warns of a time limit of a node above thirty days', () => {
    const month = 30 * 86_400_000;
    const { issues } = compilePlan(
      document(
        {
          a: { type: 'source' },
          b: { type: 'step', run: { wallMs: month + 1, idleMs: month } },
          s: { type: 'step', run: { wallMs: month, idleMs: 2 ** 53 - 1 } },
          c: { type: 'sink' },
        },
        ['a.text > b.text', 'b.text > s.text', 's.text > c.text'],
      ),
      catalog,
    );
    expect(issues).toEqual([
      expect.objectContaining({ code: 'run-limit-high', severity: 'warning', node: 'b', field: 'run.wallMs' }),
      expect.objectContaining({ code: 'run-limit-high', severity: 'warning', node: 's', field: 'run.idleMs' }),
    ]);
    expect(issues[0]?.message).toContain('30 days');
  });

  it('gives every step an error output that edges can start from', () => {
    const { plan, issues } = compilePlan(document(simple, ['a.text > b.text', 'b.error > c.json']), catalog);
    expect(issues).toEqual([]);
    expect(plan?.nodes[1]?.errorOutput).toBe(2);
    expect(plan?.nodes[2]?.errorOutput).toBe(-1);
  });

  it('gives a pass-through output the type of the connected value', () => {
    const nodes: Nodes = {
      a: { type: 'source' },
      t: { type: 'through' },
      u: { type: 'through' },
      s: { type: 'strict' },
      c: { type: 'sink' },
    };
    const { issues, ports } = compilePlan(
      document(nodes, ['a.text > t.value', 't.value > u.value', 'u.value > s.text', 's.text > c.text']),
      catalog,
    );
    expect(issues).toEqual([]);
    expect(ports.get('u')?.outputs['value']?.type).toBe('Text');
  });

  it('warns of a node that nothing reaches', () => {
    const { plan, issues } = compilePlan(
      document({ ...simple, lone: { type: 'step' } }, ['a.text > b.text', 'b.text > c.text']),
      catalog,
    );
    expect(issues).toEqual([expect.objectContaining({ code: 'node-unreached', severity: 'warning', node: 'lone' })]);
    expect(plan).toBeDefined();
  });

  it('joins the labels of sources, collections and nodes along every edge, and marks edges over a clearance', () => {
    const labelled = createCatalog([
      ...catalog.list(),
      defineNode({
        ...base,
        type: 'search',
        title: 'Search',
        role: 'step',
        config: z.object({}),
        inputs: { text: Text },
        outputs: { text: Text },
        references: () => [{ kind: 'collection', id: 'secret', field: 'collection' }],
        run: () => ({}),
      }),
      defineNode({
        ...base,
        type: 'remote',
        title: 'Remote',
        role: 'step',
        config: z.object({}),
        inputs: { text: Text.optional(), more: Text.optional() },
        outputs: { text: Text },
        references: () => [{ kind: 'model', id: 'far/away', field: 'model' }],
        run: () => ({}),
      }),
    ]);
    const { issues, labels, plan } = compilePlan(
      document({ a: { type: 'source' }, s: { type: 'search' }, m: { type: 'remote' }, c: { type: 'sink' } }, [
        'a.text > s.text',
        'a.text > m.more',
        's.text > m.text',
        'm.text > c.text',
      ]),
      labelled,
      { collections: new Map([['secret', labelOf('confidential')]]), clearances: new Map([['far/away', 'internal']]) },
    );
    expect(plan).toBeDefined();
    expect([...labels].map(([id, label]) => `${id} ${label.level}`)).toEqual([
      'a internal',
      's confidential',
      'm confidential',
      'c confidential',
    ]);
    expect(issues).toEqual([
      expect.objectContaining({ code: 'label-exceeds', severity: 'warning', edge: 's.text->m.text', node: 'm' }),
    ]);
  });
});
