import { describe, expect, it } from '@jest/globals';
import { parseDocument, type WorkflowDocument } from '@heddle/core';
import { cardWidth, guessHeight } from './card-size.js';
import { laidOut } from './laid-out.js';

type Positions = Record<string, [number, number]>;

const node = { type: 'x', version: 1 };
/** A question with two branches of two steps, which one reply joins. */
const made = (nodes: Positions | undefined, more: object = {}): WorkflowDocument =>
  parseDocument({
    heddle: 2,
    name: 'Test',
    nodes: { reply: node, b2: node, b1: node, a2: node, a1: node, question: node },
    edges: [
      ['question.text', 'a1.in'],
      ['question.text', 'b1.in'],
      ['a1.out', 'a2.in'],
      ['b1.out', 'b2.in'],
      ['a2.out', 'reply.one'],
      ['b2.out', 'reply.two'],
    ].map(([from, to]) => ({ from, to })),
    ...(nodes === undefined ? {} : { layout: { nodes, notes: [], groups: [] } }),
    ...more,
  });
const heap: Positions = Object.fromEntries(Object.keys(made(undefined).nodes).map((id) => [id, [40, 40]]));
const few: Positions = { a1: [0, 0], b1: [0, 0] };
const positionsIn = ({ layout }: Pick<WorkflowDocument, 'layout'>): Positions => layout?.nodes ?? {};
/** The height of a card with a line of state and five lines of text. */
const withResults = (document: WorkflowDocument, id: string): number => guessHeight(document, id) + 120;

function expectApart(document: WorkflowDocument): void {
  const cards = Object.entries(positionsIn(document)).map(([id, [x, y]]) => ({
    id,
    x,
    y,
    bottom: y + withResults(document, id),
  }));
  expect(cards.map(({ id }) => id).sort()).toEqual(Object.keys(document.nodes).sort());
  const overlaps = cards.flatMap((one) =>
    cards
      .filter(
        (other) => one !== other && Math.abs(one.x - other.x) < cardWidth && one.y <= other.y && other.y < one.bottom,
      )
      .map((other) => `${other.id} lies on ${one.id}`),
  );
  expect(overlaps).toEqual([]);
}

describe('a workflow without a layout', () => {
  it.each([
    ['without a layout', undefined],
    ['with all nodes at one position', heap],
    ['with some nodes at one position and the others at none', few],
  ])('is laid out from left to right by rank, with room for results, %s', async (_what, nodes) => {
    const document = await laidOut(made(nodes));
    const at = positionsIn(document);
    const columns = [['question'], ['a1', 'b1'], ['a2', 'b2']].map((ids) => ids.map((id) => at[id]?.[0] ?? Number.NaN));
    const [first = [], second = [], third = []] = columns;
    expect(Math.min(...second)).toBeGreaterThan(Math.max(...first) + cardWidth);
    expect(Math.min(...third)).toBeGreaterThan(Math.max(...second) + cardWidth);
    // A fourth column would make everything smaller, so a second row starts, as text wraps.
    expect(at['reply']?.[0]).toBe(Math.min(...first));
    expect(at['reply']?.[1]).toBeGreaterThan(Math.max(at['a2']?.[1] ?? 0, at['b2']?.[1] ?? 0));
    expectApart(document);
  });

  it('keeps the positions that a person chose, and puts other cards below them and below the notes', async () => {
    const chosen: Positions = { question: [-50, 10], reply: [900, 300] };
    const note = { id: 'n', text: 'Why', at: [0, 700], size: [100, 100] };
    const document = await laidOut(made(chosen, { layout: { nodes: chosen, notes: [note], groups: [] } }));
    expect(positionsIn(document)).toMatchObject(chosen);
    for (const id of ['a1', 'a2', 'b1', 'b2']) expect(positionsIn(document)[id]?.[1]).toBeGreaterThan(800);
    expectApart(document);
  });

  it('is the same object when every node has its own position', async () => {
    const positions: Positions = { ...heap, reply: [41, 40] };
    const document = made(positions);
    expect(await laidOut(document)).toBe(document);
  });

  it('is laid out inside its inner workflows too, and nothing else changes', async () => {
    const { nodes, edges } = made(undefined);
    const inner = { title: 'Inside', nodes, edges };
    const document = await laidOut(made({ ...heap, reply: [41, 40] }, { workflows: { inner } }));
    expectApart({ ...document, ...document.workflows?.['inner'] });
    expect(document.workflows?.['inner']).toMatchObject(inner);
    expect(positionsIn(document)).toEqual({ ...heap, reply: [41, 40] });
  });

  it('keeps room for a question with its form on its card', async () => {
    const form = { properties: { amount: { type: 'number' }, note: { type: 'string' } } };
    const ask = { type: 'human-input', version: 1, config: { form } };
    const document = await laidOut({ ...made(undefined), nodes: { ...made(undefined).nodes, a1: ask, b1: ask } });
    const [a, b] = ['a1', 'b1'].map((id) => positionsIn(document)[id]?.[1] ?? 0) as [number, number];
    expect(Math.abs(a - b)).toBeGreaterThan(460);
  });

  it('is laid out in columns when there are too many nodes for layers', async () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`n${index}`, node]));
    expectApart(
      await laidOut({
        ...made(undefined),
        nodes: parseDocument({ heddle: 2, name: 'M', nodes: many, edges: [] }).nodes,
        edges: [],
      }),
    );
  });
});
