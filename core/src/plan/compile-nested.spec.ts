import { describe, expect, it } from '@jest/globals';
import { catalog, codes, document } from './__fixtures__/plan-documents.js';
import { compilePlan } from './compile-plan.js';

describe('compilePlan: workflows inside a workflow', () => {
  it('compiles sub-workflows of the document and gives their interface as ports', () => {
    const inner = {
      nodes: { a: { type: 'source', version: 1 }, c: { type: 'sink', version: 1 } },
      edges: [{ from: 'a.text', to: 'c.json' }],
    };
    const { plan, issues, ports } = compilePlan(
      document(
        { a: { type: 'source' }, s: { type: 'sub', config: { workflow: '#part' } }, c: { type: 'sink' } },
        ['a.text > s.text', 's.json > c.json'],
        { workflows: { part: inner } },
      ),
      catalog,
    );
    expect(issues).toEqual([]);
    expect(plan?.workflows.get('#part')?.nodes).toHaveLength(2);
    // The inner Json output has the type of the connected value.
    expect(ports.get('s')?.outputs['json']?.type).toBe('Text');
  });

  it('refuses missing and recursive sub-workflows', () => {
    expect(codes({ s: { type: 'sub', config: { workflow: '#none' } } }, [])).toContain('workflow-missing');
    const self = { nodes: { s: { type: 'sub', version: 1, config: { workflow: '#self' } } }, edges: [] };
    expect(codes({ s: { type: 'sub', config: { workflow: '#self' } } }, [], { workflows: { self } })).toContain(
      'workflow-invalid',
    );
    const slug = document({ s: { type: 'sub', config: { workflow: 'me' } } }, []);
    expect(compilePlan(slug, catalog, { workflow: () => slug }).issues.map((issue) => issue.code)).toContain(
      'workflow-invalid',
    );
  });
});
