import { describe, expect, it } from '@jest/globals';
import { parseDocument, serialiseDocument, type NodeDescription, type PortDescription } from '@heddle/core';
import { addNode } from './add-node.js';
import { arrange } from '../layout/arrange.js';
import { rename, setConfig, toggleDisabled } from './change-node.js';
import { connect, reconnect, refusalOf } from './connect.js';
import { copyFragment, pasteFragment, readFragment } from './fragment.js';
import { freeNodeId } from './node-ids.js';
import { remove } from './remove.js';

const node = (type: string) => ({ type, version: 1, config: {} });
const port = (name: string, type: PortDescription['type'], mode: PortDescription['mode'] = 'one'): PortDescription => ({
  name,
  type,
  mode,
  isOptional: false,
});
const start = parseDocument({
  heddle: 2,
  name: 'Test',
  nodes: { a: node('input'), b: node('generate'), c: node('output') },
  edges: [
    { from: 'a.q', to: 'b.prompt' },
    { from: 'b.text', to: 'c.answer' },
  ],
  layout: { nodes: { a: [0, 0], b: [320, 40], c: [640, 0] }, groups: [{ id: 'g', title: 'G', nodes: ['b'] }] },
});
const description: NodeDescription = {
  type: 'generate',
  version: 2,
  category: 'model',
  title: 'Generate',
  summary: '',
  role: 'step',
  effects: [],
  hasDynamicPorts: false,
  config: {},
  defaults: { model: 'm', stop: [] },
  inputs: [],
  outputs: [],
};

describe('an edit', () => {
  it('adds a node under a free id, with the defaults of its type', () => {
    const first = addNode(start, description, [10.4, 20]);
    const second = addNode(first.document, description, [0, 0]);
    expect([first.id, second.id]).toEqual(['generate', 'generate-2']);
    expect(first.document.nodes['generate']).toEqual({
      type: 'generate',
      version: 2,
      config: { model: 'm', stop: [] },
    });
    expect(first.document.layout?.nodes['generate']).toEqual([10, 20]);
    expect(parseDocument(serialiseDocument(second.document))).toEqual(second.document);
  });

  it('derives an id from any type name, and never a forbidden one', () => {
    expect(freeNodeId('@acme/My Node', () => false)).toBe('my-node');
    expect(freeNodeId('123', () => false)).toBe('node');
    expect(freeNodeId('constructor', () => false)).toBe('constructor-2');
  });

  it('removes a node with its edges, its position and its membership of groups', () => {
    const after = remove(start, new Set(['b']), new Set());
    expect(Object.keys(after.nodes)).toEqual(['a', 'c']);
    expect(after.edges).toEqual([]);
    expect(after.layout).toEqual({ nodes: { a: [0, 0], c: [640, 0] }, notes: [], groups: [] });
    expect(remove(start, new Set(), new Set(['nothing']))).toBe(start);
  });

  it('refuses an edge that core’s rules of types refuse, and says why', () => {
    const from = { from: 'a.q', output: port('q', 'Passages') };
    expect(refusalOf(start, { ...from, to: 'c.answer', input: port('prompt', 'Text') })).toBe(
      'prompt takes Text, not Passages.',
    );
    expect(refusalOf(start, { ...from, to: 'a.x', input: port('x', 'Passages') })).toContain(
      'cannot connect to itself',
    );
    expect(
      refusalOf(start, { from: 'a.q', output: port('q', 'Text'), to: 'b.prompt', input: port('prompt', 'Text') }),
    ).toContain('already');
    expect(refusalOf(start, { ...from, to: 'c.y', input: port('y', 'Json') })).toBeUndefined();
  });

  it('replaces the edge of an input that takes one value, and adds to one that takes many', () => {
    const output = port('text', 'Text');
    expect(connect(start, { from: 'a.q', to: 'c.answer', output, input: port('answer', 'Text') }).edges).toEqual([
      { from: 'a.q', to: 'b.prompt' },
      { from: 'a.q', to: 'c.answer' },
    ]);
    expect(
      connect(start, { from: 'a.q', to: 'c.answer', output, input: port('answer', 'Text', 'many') }).edges,
    ).toHaveLength(3);
  });

  it('marks an edge that closes a cycle as a loop, and keeps the edge into the cycle', () => {
    const after = connect(start, {
      from: 'c.again',
      to: 'b.prompt',
      output: port('again', 'Text'),
      input: port('prompt', 'Text'),
    });
    expect(after.edges).toEqual([
      ...start.edges,
      { from: 'c.again', to: 'b.prompt', loop: { max: 10, atLimit: 'fail' } },
    ]);
  });

  it('moves an edge to other ports, and keeps the loop settings while it leads back', () => {
    const output = port('q', 'Text');
    const moved = reconnect(start, 'a.q->b.prompt', { from: 'a.q', to: 'c.x', output, input: port('x', 'Text') });
    expect(moved.edges).toEqual([
      { from: 'b.text', to: 'c.answer' },
      { from: 'a.q', to: 'c.x' },
    ]);
    const back = { from: 'c.again', to: 'b.prompt', loop: { max: 3, atLimit: 'leave' as const } };
    const looped = { ...start, edges: [...start.edges, back] };
    const to = { to: 'a.q2', input: port('q2', 'Text') };
    expect(
      reconnect(looped, 'c.again->b.prompt', { from: 'c.again', output: port('again', 'Text'), ...to }).edges.at(-1),
    ).toEqual({ ...back, to: 'a.q2' });
    const onward = { from: 'b.text', to: 'c.more', output: port('text', 'Text'), input: port('more', 'Text') };
    expect(reconnect(looped, 'c.again->b.prompt', onward).edges.at(-1)).toEqual({ from: 'b.text', to: 'c.more' });
  });

  it('copies and pastes nodes with the edges between them, under new ids, at a position', () => {
    const fragment = readFragment(JSON.stringify(copyFragment(start, new Set(['a', 'b']))));
    if (fragment === undefined) throw new Error('The fragment cannot be read.');
    const { document, ids } = pasteFragment(start, fragment, [100, 100]);
    expect(ids).toEqual(['a-2', 'b-2']);
    expect(document.edges.slice(2)).toEqual([{ from: 'a-2.q', to: 'b-2.prompt' }]);
    expect([document.layout?.nodes['a-2'], document.layout?.nodes['b-2']]).toEqual([
      [100, 100],
      [420, 140],
    ]);
  });

  it('ignores malformed text from the clipboard', () => {
    for (const text of [
      '',
      'hello',
      '{"nodes":{}}',
      '{"heddleFragment":1,"nodes":{"__proto__":1},"edges":[],"places":{}}',
      '[]',
    ]) {
      expect(Object.keys(readFragment(text)?.nodes ?? {})).toEqual([]);
    }
    expect(
      readFragment('{"heddleFragment":1,"nodes":{"constructor":{"type":"x","version":1}},"edges":[],"places":{}}'),
    ).toBeUndefined();
  });

  it('renames, bypasses and configures nodes, and returns the same document when nothing changes', () => {
    expect(rename(start, 'a', ' Ask ').nodes['a']?.title).toBe('Ask');
    expect(rename(rename(start, 'a', 'Ask'), 'a', '').nodes['a']).toEqual(node('input'));
    const off = toggleDisabled(start, ['a', 'b']);
    expect(off.nodes['b']?.run).toEqual({ disabled: true });
    expect(toggleDisabled(off, ['a', 'b']).nodes['b']).toEqual(node('generate'));
    const set = setConfig(setConfig(start, 'b', ['a', 'x'], 1), 'b', ['a', 'y'], 2);
    expect(set.nodes['b']?.config).toEqual({ a: { x: 1, y: 2 } });
    expect(setConfig(set, 'b', ['a', 'x'], undefined).nodes['b']?.config).toEqual({ a: { y: 2 } });
    expect(
      arrange(
        start,
        new Map([
          ['a', [0.2, 0]],
          ['gone', [9, 9]],
        ]),
      ),
    ).toBe(start);
  });
});
