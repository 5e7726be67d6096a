import type { InternalNode } from '@xyflow/react';
import { describe, expect, it } from '@jest/globals';
import { edgeUnder } from './edge-under.js';
import type { FlowEdge, FlowNode } from '../flow/flow-types.js';
import { backLevel, leadsBack, loopLevel, loopPath } from './loop-edge.js';

function card(id: string, x: number, y: number, height = 100, type: FlowNode['type'] = 'card'): InternalNode<FlowNode> {
  const handle = (at: number, side: 'source' | 'target') => ({
    id: 'p',
    x: at - 5,
    y: 45,
    width: 10,
    height: 10,
    side,
  });
  return {
    id,
    type,
    position: { x, y },
    data: {},
    measured: { width: 200, height },
    internals: {
      positionAbsolute: { x, y },
      z: 0,
      userNode: {},
      handleBounds: { source: [handle(200, 'source')], target: [handle(0, 'target')] },
    },
  } as unknown as InternalNode<FlowNode>; // the fields of a card that are read
}

const nodesOf = (...nodes: InternalNode<FlowNode>[]): ReadonlyMap<string, InternalNode<FlowNode>> =>
  new Map(nodes.map((node) => [node.id, node]));
const first = card('first', 0, 0);
const last = card('last', 600, 40);

describe('the edge of a loop', () => {
  it('leads back below both cards when the first is left of the last, or when they are the same card', () => {
    expect(leadsBack({ sourceX: 800, targetX: 0 })).toBe(true);
    expect(leadsBack({ sourceX: 200, targetX: 300 })).toBe(false);
    expect(loopLevel('last', 'first', nodesOf(first, last))).toBe(172);
    expect(loopLevel('first', 'first', nodesOf(first, last))).toBe(132);
  });

  it('passes below the cards between its ends, and ignores cards elsewhere, notes and frames', () => {
    const level = (...others: InternalNode<FlowNode>[]): number =>
      loopLevel('last', 'first', nodesOf(first, last, ...others));
    expect(level(card('tall', 300, 0, 300))).toBe(332);
    expect(level(card('below', 300, 320), card('tall', 300, 0, 300))).toBe(452);
    expect(level(card('far below', 300, 400))).toBe(172);
    expect(level(card('beside', 900, 0, 500))).toBe(172);
    expect(level(card('note', 300, 0, 500, 'note'), card('frame', 0, 0, 500, 'frame'))).toBe(172);
    expect(level({ ...card('dragged', 300, 120), dragging: true })).toBe(172);
  });

  it('runs at its level, with its label there', () => {
    const [path, x, y] = loopPath({ id: 'loop', sourceX: 800, sourceY: 90, targetX: 0, targetY: 50 }, 172);
    expect([x, y]).toEqual([400, 172]);
    expect(path.startsWith('M800 90')).toBe(true);
    expect(path).toContain(',172');
    expect(path.endsWith('L0 50')).toBe(true);
  });

  it('takes a card that is dropped on it, and no card that is dropped elsewhere', () => {
    const edge: FlowEdge = {
      id: 'loop',
      type: 'edge',
      source: 'last',
      sourceHandle: 'p',
      target: 'first',
      targetHandle: 'p',
      data: { from: { node: 'last', port: 'p' }, to: { node: 'first', port: 'p' }, loop: { max: 3, atLimit: 'fail' } },
    };
    const drop = (y: number): string | undefined => {
      const nodes = nodesOf(first, last, card('new', 300, y));
      return edgeUnder({ id: 'new', x: 300, y, width: 200, height: 100 }, [edge], nodes);
    };
    expect(drop(120)).toBe('loop');
    expect(drop(10)).toBeUndefined();
    expect(drop(200)).toBeUndefined();
  });
});

describe('an edge without a loop that leads back', () => {
  const under = card('under', 0, 300);
  const ends = { sourceX: 800, sourceY: 90, targetX: 0, targetY: 350 };
  const back = { id: 'back', source: 'last', target: 'under', isLoop: false, ...ends };

  /** Checks that a level keeps away from the cards above and below it. */
  function expectBetween(level: number | undefined, above: number, below: number): void {
    expect(level).toBeGreaterThanOrEqual(above + 12);
    expect(level).toBeLessThanOrEqual(below - 12);
  }

  it('passes between the rows of its ends, downwards or upwards, each edge at its own height', () => {
    expectBetween(backLevel(back, nodesOf(last, under)), 140, 300);
    const up = { ...back, source: 'far', target: 'first', sourceY: 390, targetY: 50 };
    expectBetween(backLevel(up, nodesOf(first, card('far', 600, 340))), 100, 340);
    const levels = ['a', 'b', 'c', 'd'].map((id) => backLevel({ ...back, id }, nodesOf(last, under)));
    expect(new Set(levels).size).toBe(4);
  });

  it('passes through a free gap when another row is in between', () => {
    const between = card('between', 300, 180);
    expectBetween(backLevel(back, nodesOf(last, under, between)), 140, 180);
    expectBetween(backLevel(back, nodesOf(last, under, card('close', 300, 150))), 250, 300);
  });

  it('passes below both cards when they are side by side or no gap is left between the rows', () => {
    const beside = { ...back, target: 'first', targetY: 50 };
    expect(backLevel(beside, nodesOf(first, last))).toBe(172);
    const filling = card('filling', 300, 150, 140);
    expect(backLevel(back, nodesOf(last, under, filling))).toBe(432);
    expectBetween(backLevel(back, nodesOf(last, under, filling), 'filling'), 140, 300);
  });

  it('is a plain curve when it leads forwards', () => {
    expect(backLevel({ ...back, targetX: 801 }, nodesOf(last, under))).toBeUndefined();
    expect(backLevel({ ...back, targetX: 820, isLoop: true }, nodesOf(last, under))).toBe(432);
  });

  it('takes a card that is dropped on it between the rows', () => {
    const edge: FlowEdge = {
      id: 'back',
      type: 'edge',
      source: 'last',
      sourceHandle: 'p',
      target: 'under',
      targetHandle: 'p',
      data: { from: { node: 'last', port: 'p' }, to: { node: 'under', port: 'p' }, loop: undefined },
    };
    const drop = (x: number, y: number): string | undefined =>
      edgeUnder({ id: 'new', x, y, width: 200, height: 100 }, [edge], nodesOf(last, under, card('new', x, y)));
    expect(drop(300, 170)).toBe('back');
    expect(drop(300, 0)).toBeUndefined();
  });
});
