import { describe, expect, it } from '@jest/globals';
import { parseDocument, serialiseDocument, type PortDescription, type WorkflowDocument } from '@heddle/core';
import { flowEdges, flowNodes } from '../../canvas/flow/to-flow.js';
import { align, distribute } from '../layout/align.js';
import { changeGroup, groupNodes, groupOf, nodesOfGroups, toggleCollapsed, ungroup } from './groups.js';
import { insertOnEdge, passageOf } from './insert-on-edge.js';
import { addNote, arrangeNotes, changeNote, removeNotes } from './notes.js';
import { takeApart } from './take-apart.js';
import { toSubWorkflow, type SubWorkflowFacts } from './to-sub-workflow.js';

const node = (type: string) => ({ type, version: 1, config: {} });
const port = (name: string, type: PortDescription['type'] = 'Text', isOptional = false): PortDescription => ({
  name,
  type,
  mode: 'one',
  isOptional,
});
const start = parseDocument({
  heddle: 2,
  name: 'Test',
  nodes: { q: node('input'), search: node('step'), answer: node('step'), check: node('step'), out: node('output') },
  edges: [
    { from: 'q.question', to: 'search.query' },
    { from: 'q.question', to: 'answer.prompt' },
    { from: 'search.passages', to: 'answer.passages' },
    { from: 'answer.text', to: 'check.text' },
    { from: 'answer.text', to: 'out.answer' },
    { from: 'check.text', to: 'out.checked' },
  ],
  layout: { nodes: { q: [0, 0], search: [300, 0], answer: [600, 0], check: [900, 100], out: [1200, 0] } },
});
const ports: Record<string, { inputs: PortDescription[]; outputs: PortDescription[] }> = {
  q: { inputs: [], outputs: [port('question')] },
  search: { inputs: [port('query')], outputs: [port('passages', 'Passages')] },
  answer: { inputs: [port('prompt'), port('passages', 'Passages')], outputs: [port('text')] },
  check: { inputs: [port('text')], outputs: [port('text')] },
  out: { inputs: [port('answer'), port('checked')], outputs: [] },
};
const facts: SubWorkflowFacts = {
  portsOf: (id) => ports[id],
  roleOf: (type) => (type === 'input' ? 'source' : type === 'output' ? 'sink' : type === 'step' ? 'step' : undefined),
  titleOf: (id) => id,
};
const converted = (ids: readonly string[], document: WorkflowDocument = start) => {
  const result = toSubWorkflow(document, ids, 'Find and answer', facts);
  if ('refusal' in result) throw new Error(result.refusal);
  return result;
};
const refusal = (ids: readonly string[], document: WorkflowDocument = start) => {
  const result = toSubWorkflow(document, ids, 'x', facts);
  return 'refusal' in result ? result.refusal : 'none';
};

describe('groups', () => {
  it('take nodes out of their earlier group, and do not move them', () => {
    const first = groupNodes(start, ['search', 'answer', 'gone']);
    const second = groupNodes(first.document, ['answer', 'check']);
    expect(second.document.layout?.groups.map(({ nodes }) => nodes)).toEqual([['search'], ['answer', 'check']]);
    expect(nodesOfGroups(second.document, [second.id])).toEqual(['answer', 'check']);
    expect(groupOf(second.document, 'search')?.id).toBe(first.id);
    expect(ungroup(second.document, [first.id, second.id]).layout?.nodes).toEqual(start.layout?.nodes);
    expect(ungroup(start, ['none'])).toBe(start);
    expect(changeGroup(start, 'none', (group) => ({ ...group, title: 'x' }))).toBe(start);
  });

  it('fold to one card that has the edges across the border', () => {
    const { document, id } = groupNodes(start, ['search', 'answer']);
    const folded = toggleCollapsed(document, id);
    expect(flowNodes(folded, []).map((entry) => [entry.id, entry.type])).toEqual([
      ['group:group-1', 'folded'],
      ['q', 'card'],
      ['check', 'card'],
      ['out', 'card'],
    ]);
    expect(
      flowEdges(folded).map(({ source, sourceHandle, target, targetHandle }) => [
        source,
        sourceHandle,
        target,
        targetHandle,
      ]),
    ).toEqual([
      ['q', 'question', 'group:group-1', 'search.query'],
      ['q', 'question', 'group:group-1', 'answer.prompt'],
      ['group:group-1', 'answer.text', 'check', 'text'],
      ['group:group-1', 'answer.text', 'out', 'answer'],
      ['check', 'text', 'out', 'checked'],
    ]);
    expect(folded.edges).toBe(start.edges);
    expect(flowEdges(toggleCollapsed(folded, id)).map(({ source }) => source)).toEqual([
      'q',
      'q',
      'search',
      'answer',
      'answer',
      'check',
    ]);
    expect(parseDocument(serialiseDocument(folded))).toEqual(folded);
  });

  it('are drawn around their nodes', () => {
    const { document } = groupNodes(start, ['search', 'answer']);
    const frame = flowNodes(document, []).find(({ type }) => type === 'frame');
    expect(frame?.position.x).toBeLessThan(300);
    expect((frame?.position.x ?? 0) + (frame?.width ?? 0)).toBeGreaterThan(848);
  });
});

describe('notes', () => {
  it('are added, written, moved and removed, and keep the document object when nothing changes', () => {
    const first = addNote(start, [10.4, 20]);
    const second = addNote(first.document, [0, 0], '# Hi');
    expect([first.id, second.id]).toEqual(['note-1', 'note-2']);
    const written = changeNote(second.document, 'note-1', (note) => ({ ...note, text: 'Words' }));
    const moved = arrangeNotes(written, new Map([['note-1', [5, 6]]]));
    expect(moved.layout?.notes.map(({ text, at }) => [text, at])).toEqual([
      ['Words', [5, 6]],
      ['# Hi', [0, 0]],
    ]);
    expect(arrangeNotes(moved, new Map([['note-1', [5.2, 6]]]))).toBe(moved);
    expect(removeNotes(moved, new Set(['note-2'])).layout?.notes).toHaveLength(1);
    expect(removeNotes(moved, new Set())).toBe(moved);
    expect(parseDocument(serialiseDocument(moved))).toEqual(moved);
  });
});

describe('a sub-workflow', () => {
  it('replaces the selection, with an input for each value from outside and an output for each value used outside', () => {
    const { document, id, name } = converted(['search', 'answer']);
    expect(Object.keys(document.nodes)).toEqual(['q', 'check', 'out', 'workflow']);
    expect(document.nodes[id]).toEqual({
      type: 'workflow',
      version: 1,
      title: 'Find and answer',
      config: { workflow: `#${name}` },
    });
    // A value from outside that two nodes read is one input.
    expect(document.edges).toEqual([
      { from: 'q.question', to: 'workflow.query' },
      { from: 'workflow.text', to: 'check.text' },
      { from: 'workflow.text', to: 'out.answer' },
      { from: 'check.text', to: 'out.checked' },
    ]);
    expect(document.workflows?.[name]?.edges).toEqual([
      { from: 'input.query', to: 'search.query' },
      { from: 'input.query', to: 'answer.prompt' },
      { from: 'search.passages', to: 'answer.passages' },
      { from: 'answer.text', to: 'output.text' },
    ]);
    expect(document.workflows?.[name]?.nodes['input']?.config).toEqual({
      fields: [{ name: 'query', type: 'Text', required: false, maxLength: 10_000_000 }],
    });
    expect(document.layout?.nodes[id]).toEqual([450, 0]);
    expect(serialiseDocument(parseDocument(serialiseDocument(document)))).toBe(serialiseDocument(document));
  });

  it('is taken apart to its original nodes and edges', () => {
    const { document, id } = converted(['search', 'answer']);
    const back = takeApart(document, id)?.document;
    const sorted = (edges: WorkflowDocument['edges'] | undefined) =>
      edges?.map(({ from, to }) => `${from} ${to}`).sort();
    expect(sorted(back?.edges)).toEqual(sorted(start.edges));
    expect(back?.layout?.nodes).toEqual(start.layout?.nodes);
    expect(back?.workflows).toBeUndefined();
    expect(takeApart(start, 'search')).toBeUndefined();
  });

  it('is refused with a reason when it would change what the workflow does', () => {
    expect(refusal([])).toContain('Select the nodes');
    expect(refusal(['q', 'search'])).toContain('an input or output');
    const path = parseDocument({ ...start, edges: [...start.edges, { from: 'search.passages', to: 'check.more' }] });
    expect(refusal(['search', 'check'], path)).toBe(
      'A path leaves the selection and comes back through answer: select it too.',
    );
    const loop = parseDocument({
      ...start,
      edges: [...start.edges, { from: 'check.text', to: 'search.query', loop: { max: 3 } }],
    });
    expect(refusal(['search', 'answer'], loop)).toContain('only partly selected');
    expect(refusal(['search', 'answer', 'check'], loop)).toBe('none');
    expect(refusal(['odd'], parseDocument({ ...start, nodes: { ...start.nodes, odd: node('unheard-of') } }))).toContain(
      'unknown type',
    );
  });
});

describe('a node on an edge', () => {
  it('splits the edge at an input and an output that fit', () => {
    const passage = passageOf(
      { inputs: [port('extra', 'Json', true), port('text')], outputs: [port('count', 'Number'), port('text')] },
      port('text'),
      port('answer'),
    );
    expect(passage && [passage.input.name, passage.output.name]).toEqual(['text', 'text']);
    if (passage === undefined) throw new Error('The node does not fit.');
    const edge = start.edges[4];
    if (edge === undefined) throw new Error('There is no such edge.');
    expect(insertOnEdge(start, edge, 'new', passage).edges.slice(4, 6)).toEqual([
      { from: 'answer.text', to: 'new.text' },
      { from: 'new.text', to: 'out.answer' },
    ]);
    expect(
      passageOf({ inputs: [port('text')], outputs: [port('error', 'Json')] }, port('text'), port('answer', 'Json')),
    ).toBeUndefined();
    expect(
      passageOf({ inputs: [port('v', 'Vector')], outputs: [port('text')] }, port('text'), port('answer')),
    ).toBeUndefined();
  });

  it('of a loop keeps the second part as the loop edge', () => {
    const edge = { from: 'a.x', to: 'b.y', loop: { max: 3, atLimit: 'fail' as const } };
    const looped = parseDocument({
      heddle: 2,
      name: 'l',
      nodes: { a: node('step'), b: node('step'), n: node('step') },
      edges: [edge],
    });
    expect(insertOnEdge(looped, edge, 'n', { input: port('i'), output: port('o') }).edges).toEqual([
      { from: 'a.x', to: 'n.i' },
      { ...edge, from: 'n.o' },
    ]);
  });
});

describe('boxes', () => {
  const boxes = new Map([
    ['a', { x: 0, y: 0, width: 100, height: 50 }],
    ['b', { x: 130, y: 40, width: 40, height: 50 }],
    ['c', { x: 300, y: 80, width: 100, height: 70 }],
  ]);
  it('are aligned on one line', () => {
    expect([...align(boxes, 'right').values()]).toEqual([
      [300, 0],
      [360, 40],
      [300, 80],
    ]);
    expect([...align(boxes, 'middle').values()]).toEqual([
      [0, 50],
      [130, 50],
      [300, 40],
    ]);
  });
  it('get equal gaps between the outermost two, which stay', () => {
    expect([...distribute(boxes, 'horizontal').values()]).toEqual([
      [0, 0],
      [180, 40],
      [300, 80],
    ]);
    expect(distribute(new Map([...boxes].slice(0, 2)), 'horizontal').size).toBe(0);
  });
});
