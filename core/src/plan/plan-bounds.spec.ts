import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { parseDocument } from '../document/parse-document.js';
import type { WorkflowDocument } from '../document/workflow-document.js';
import { createCatalog } from '../node/catalog.js';
import { defineNode } from '../node/node-definition.js';
import { portOf, Text } from '../types/port.js';
import { base, catalog as plain, loop } from './__fixtures__/plan-documents.js';
import { compilePlan } from './compile-plan.js';
import { IssueList } from './issue-list.js';

const Names = z.object({ names: z.array(z.string()) });
/** How often `counted` computed its ports: once for each compilation of its graph. */
let portComputations = 0;
const catalog = createCatalog([
  ...plain.list(),
  defineNode({
    ...base,
    type: 'takes',
    title: 'Takes',
    role: 'source',
    config: Names,
    inputs: {},
    outputs: {},
    ports: ({ names }) => ({ outputs: Object.fromEntries(names.map((name) => [name, portOf('Text')])) }),
    run: () => ({}),
  }),
  defineNode({
    ...base,
    type: 'gives',
    title: 'Gives',
    role: 'sink',
    config: Names,
    inputs: {},
    outputs: {},
    ports: ({ names }) => ({ inputs: Object.fromEntries(names.map((name) => [name, portOf('Text').optional()])) }),
    run: () => ({}),
  }),
  defineNode({
    ...base,
    type: 'remote',
    title: 'Remote',
    role: 'step',
    config: z.object({}),
    inputs: { text: Text.optional() },
    outputs: { text: Text },
    references: () => [{ kind: 'model', id: 'far/away', field: 'model' }],
    run: () => ({}),
  }),
  defineNode({
    ...base,
    type: 'counted',
    title: 'Counted',
    role: 'step',
    config: z.object({}),
    inputs: {},
    outputs: {},
    ports: () => {
      portComputations += 1;
      return {};
    },
    run: () => ({}),
  }),
]);

const at = (type: string, config: object = {}) => ({ type, version: 1, config });
const list = <Value>(count: number, make: (index: number) => Value) =>
  Array.from({ length: count }, (_, index) => make(index));
const named = <Value>(count: number, name: string, make: (index: number) => Value) =>
  Object.fromEntries(list(count, (index) => [`${name}${index}`, make(index)]));
const documentOf = (nodes: object, edges: readonly object[] = [], workflows?: object): WorkflowDocument =>
  parseDocument({ heddle: 2, name: 'Bounds', nodes, edges, ...(workflows === undefined ? {} : { workflows }) });
const compile = (...given: Parameters<typeof documentOf>) => compilePlan(documentOf(...given), catalog);
const codesOf = (...given: Parameters<typeof documentOf>): readonly string[] => [
  ...new Set(
    compile(...given)
      .issues.filter(({ severity }) => severity === 'error')
      .map(({ code }) => code),
  ),
];

describe('issues of a compilation', () => {
  it('lists at most 1,000 issues, and then the number of the others', () => {
    const { plan, issues } = compile(named(1_500, 'n', () => at('nowhere')));
    expect(plan).toBeUndefined();
    expect(issues).toHaveLength(1_001);
    expect(issues[999]).toMatchObject({ code: 'unknown-node-type', node: 'n999' });
    expect(issues[1_000]).toMatchObject({
      code: 'issues-left-out',
      severity: 'error',
      message: expect.stringMatching(/^There are [\d,]+ further issues/),
    });
    expect(compile(named(1_000, 'n', () => at('source'))).issues.map(({ code }) => code)).toEqual(['no-output']);
  });

  it('still compiles a plan if there are only warnings, however many', () => {
    const { plan, issues } = compile({ a: at('source'), ...named(1_200, 'n', () => at('step')), z: at('sink') });
    expect(plan).toBeDefined();
    expect(issues).toHaveLength(1_001);
    expect(issues[1_000]).toMatchObject({ code: 'issues-left-out', severity: 'warning' });
  });

  it('counts the issues over the limit without making their messages', () => {
    const issues = new IssueList();
    for (let count = 0; count < 1_000; count += 1) issues.error({ code: 'edge-dangling', message: 'x' });
    expect(issues.all).toHaveLength(1_000);
    issues.error(() => {
      throw new Error('This message is never made.');
    });
    expect(issues.all[1_000]).toEqual({
      code: 'issues-left-out',
      severity: 'error',
      message: 'There is 1 further issue: solve the others first.',
    });
  });

  it('keeps the errors if there are very many warnings', () => {
    const warned = { a: at('source'), ...named(1_200, 'n', () => at('step')), z: at('sink') };
    const { issues } = compile(warned, [
      { from: 'a.text', to: 'z.text' },
      { from: 'a.text', to: 'z.json' },
      { from: 'n0.text', to: 'z.text' },
    ]);
    expect(issues).toHaveLength(1_001);
    expect(issues.filter(({ severity }) => severity === 'error').map(({ code }) => code)).toEqual([
      'input-doubled',
      'issues-left-out',
    ]);
    const list = new IssueList();
    for (let count = 0; count < 1_500; count += 1) list.warning({ code: 'node-unreached', message: 'x' });
    for (let count = 0; count < 1_500; count += 1) list.error({ code: 'edge-dangling', message: String(count) });
    expect(list.all).toHaveLength(1_001);
    expect(list.all.slice(0, 1_000).map(({ message }) => message)).toEqual(
      Array.from({ length: 1_000 }, (_, index) => String(index)),
    );
    expect(list.all[1_000]?.message).toBe('There are 2,000 further issues: solve the others first.');
  });
});

describe('loops', () => {
  /** A row of nodes. The first loops go around one node each, further loops around two. */
  const loops = (count: number, nodes: number) =>
    codesOf({ a: at('source'), ...named(nodes, 'n', () => at('step')), z: at('sink') }, [
      { from: 'a.text', to: 'n0.text' },
      ...list(nodes - 1, (index) => ({ from: `n${index}.text`, to: `n${index + 1}.text` })),
      { from: `n${nodes - 1}.text`, to: 'z.text' },
      ...list(count, (index) =>
        index < nodes
          ? loop(`n${index}.done`, `n${index}.more`)
          : loop(`n${2 * (index - nodes) + 1}.done`, `n${2 * (index - nodes)}.more`),
      ),
    ]);

  it('allows at most 1,000 loops', () => {
    expect(loops(1_000, 990)).not.toContain('loops-too-many');
    expect(loops(1_001, 990)).toContain('loops-too-many');
  });

  it('allows fewer loops in a graph of very many nodes', () => {
    expect(loops(200, 4_998)).toEqual([]);
    expect(loops(201, 4_998)).toEqual(['loops-too-many']);
  });

  it('reports at most twenty cycles without a loop edge', () => {
    const circles = list(30, (index) => [
      { from: `a${index}.text`, to: `b${index}.text` },
      { from: `b${index}.text`, to: `a${index}.text` },
    ]).flat();
    const { issues } = compile({ ...named(30, 'a', () => at('step')), ...named(30, 'b', () => at('step')) }, circles);
    expect(issues.filter(({ code }) => code === 'cycle-unmarked')).toHaveLength(20);
  });
});

describe('ports', () => {
  it('allows at most 1,000 ports of a node', () => {
    const names = (count: number) => ({ names: list(count, (index) => `p${index}`) });
    const ports = ({ names: all }: { names: readonly string[] }) =>
      compile({ a: at('source'), d: at('dynamic', { names: all }) });
    expect(Object.keys(ports(names(1_000)).ports.get('d')?.inputs ?? {})).toHaveLength(1_000);
    const { issues, ports: described } = ports(names(1_001));
    expect(issues.filter(({ severity }) => severity === 'error')).toEqual([
      expect.objectContaining({ code: 'config-invalid', node: 'd', message: expect.stringContaining('1,001') }),
    ]);
    expect(described.get('d')?.inputs).toEqual({});
  });

  it('allows at most 1,000 ports of a workflow, inputs and outputs together', () => {
    const planInterface = (inputs: number, outputs: number) =>
      codesOf({
        a: at('takes', { names: list(inputs, (index) => `i${index}`) }),
        z: at('gives', { names: list(outputs, (index) => `o${index}`) }),
      });
    expect(planInterface(600, 400)).toEqual([]);
    expect(planInterface(600, 401)).toEqual(['interface-too-large']);
  });
});

describe('the data map', () => {
  const ways = (count: number): Record<string, object> => named(count, 'r', () => at('remote'));
  const reached = (count: number): Parameters<typeof documentOf> => [
    { a: at('source'), ...ways(count) },
    list(count, (index) => ({ from: 'a.text', to: `r${index}.text` })),
  ];

  it('has at most 2,000 entries', () => {
    expect(compile(...reached(2_000)).dataMap).toHaveLength(2_000);
    expect(codesOf(...reached(2_000))).toEqual([]);
    expect(codesOf(...reached(2_001))).toEqual(['data-map-too-large']);
  });

  it('counts the entries of a nested workflow at each use', () => {
    const part = { nodes: ways(100), edges: [] };
    const users = (count: number) => named(count, 's', () => at('sub', { workflow: '#part' }));
    expect(codesOf(users(20), [], { part })).toEqual([]);
    expect(codesOf(users(21), [], { part })).toEqual(['data-map-too-large']);
  });
});

describe('workflows inside workflows', () => {
  /** Levels of workflows; each level uses the next one twice. */
  const levels = (count: number) =>
    named(count, 'w', (level) => ({
      nodes: {
        c: at('counted'),
        ...(level + 1 === count ? {} : named(2, 's', () => at('sub', { workflow: `#w${level + 1}` }))),
      },
      edges: [],
    }));

  it('compiles each inner workflow once, however often it is used', () => {
    portComputations = 0;
    expect(
      codesOf(
        named(50, 's', () => at('sub', { workflow: '#w0' })),
        [],
        levels(16),
      ),
    ).toEqual([]);
    expect(portComputations).toBe(16);
  });

  it('compiles each stored workflow once, however often its slug is used', () => {
    const stored = named(15, 'w', (level) =>
      documentOf({
        c: at('counted'),
        ...(level === 14 ? {} : named(2, 's', () => at('sub', { workflow: `w${level + 1}` }))),
      }),
    );
    portComputations = 0;
    const first = documentOf(named(50, 's', () => at('sub', { workflow: 'w0' })));
    const { issues } = compilePlan(first, catalog, { workflow: (slug) => stored[slug] });
    expect(issues.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(portComputations).toBe(15);
  });

  it('distinguishes workflows that are nested too deep from one that runs itself', () => {
    const messageOf = (workflows: object): string | undefined =>
      compile({ s: at('sub', { workflow: '#w0' }) }, [], workflows).issues[0]?.message;
    expect(messageOf(levels(17))).toContain("'#w16' is nested more than 16 levels deep");
    expect(messageOf({ w0: { nodes: { s: at('sub', { workflow: '#w0' }) }, edges: [] } })).toContain(
      "'#w0' runs itself",
    );
  });

  it('allows at most sixteen levels, counted along the longest path', () => {
    const deep = (count: number) => codesOf({ s: at('sub', { workflow: '#w0' }) }, [], levels(count));
    expect(deep(16)).toEqual([]);
    expect(deep(17)).toEqual(['workflow-invalid']);
    // The lower levels are compiled before the higher ones.
    const both = { low: at('sub', { workflow: '#w8' }), top: at('sub', { workflow: '#w0' }) };
    expect(codesOf(both, [], levels(16))).toEqual([]);
    expect(codesOf(both, [], levels(17))).toEqual(['workflow-invalid']);
  });
});
