import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { describeNode, parseDocument, type NodeDescription, type WorkflowDocument } from '@heddle/core';
import { standardNodes } from '@heddle/nodes';
import { describe, expect, it } from '@jest/globals';
import { cardWidth, guessHeight } from '../../editor/src/features/document/layout/card-size.js';
import { laidOut } from '../../editor/src/features/document/layout/laid-out.js';
import { fitOptions } from '../../editor/src/features/view/fit-options.js';

const root = join(import.meta.dirname, '..', '..');
const byType = new Map<string, NodeDescription>(
  standardNodes.map((node): [string, NodeDescription] => [node.type, describeNode(node)]),
);
/** The canvas at 1440 × 900 beside the rail and the panel, below the top bar and a row of tabs. */
const canvas = { width: 1440 - 48 - 360, height: 900 - 44 - 40 };

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function boxesOf(document: WorkflowDocument): readonly Box[] {
  const { nodes = {}, notes = [] } = document.layout ?? {};
  return [
    ...Object.entries(nodes).map(([id, [x, y]]) => {
      return { x, y, width: cardWidth, height: guessHeight(document, id, byType) };
    }),
    ...notes.map(({ at: [x, y], size: [width, height] = [240, 120] }) => ({ x, y, width, height })),
  ];
}

/** The zoom at which a workflow opens, with all of it in view. */
function openingZoom(document: WorkflowDocument): number {
  const boxes = boxesOf(document);
  const span = (axis: 'x' | 'y', size: 'width' | 'height'): number =>
    Math.max(...boxes.map((box) => box[axis] + box[size])) - Math.min(...boxes.map((box) => box[axis]));
  // React Flow takes padding as the part of the view that stays free, and divides it between both sides.
  const { x, top } = fitOptions.padding;
  const sideways = canvas.width / (1 + x);
  const above = (canvas.height - canvas.height / (1 + top)) / 2;
  const below = Number.parseInt(fitOptions.padding.bottom, 10);
  return Math.min(
    fitOptions.maxZoom,
    sideways / span('x', 'width'),
    (canvas.height - above - below) / span('y', 'height'),
  );
}

/** The least zoom at which a workflow with this number of nodes must open. */
const goalOf = (count: number): number => (count <= 4 ? 1 : count <= 10 ? 0.7 : count <= 15 ? 0.5 : 0);

const samples = readdirSync(join(root, 'workflows'))
  .filter((name) => existsSync(join(root, 'workflows', name, 'workflow.json')))
  .map((name): [string, WorkflowDocument] => [
    name,
    parseDocument(JSON.parse(readFileSync(join(root, 'workflows', name, 'workflow.json'), 'utf8'))),
  ]);

describe('the samples at 1440 px', () => {
  it.each(samples)('%s opens large enough to read in its stored layout', async (_name, document) => {
    expect(openingZoom(await laidOut(document, byType))).toBeGreaterThanOrEqual(
      goalOf(Object.keys(document.nodes).length),
    );
  });

  it.each(samples)('%s opens large enough to read in a new layout', async (_name, document) => {
    const { layout: _layout, ...bare } = document;
    const zoom = openingZoom(await laidOut(bare, byType));
    expect(zoom).toBeGreaterThanOrEqual(goalOf(Object.keys(document.nodes).length));
  });

  it.each(samples)('%s has no cards or notes that overlap', (_name, document) => {
    const boxes = boxesOf(document);
    const covered = boxes.filter((one, index) =>
      boxes.slice(index + 1).some((other) => {
        const isBeside = one.x + one.width <= other.x || other.x + other.width <= one.x;
        return !isBeside && one.y + one.height > other.y && other.y + other.height > one.y;
      }),
    );
    expect(covered).toEqual([]);
  });
});

it('a chain of nine nodes opens at 70 % or more, one of fifteen at 50 % or more', async () => {
  const chain = (count: number): WorkflowDocument =>
    parseDocument({
      heddle: 2,
      name: 'Chain',
      nodes: Object.fromEntries(
        Array.from({ length: count }, (_, index) => [`n${index}`, { type: 'generate', version: 1 }]),
      ),
      edges: Array.from({ length: count - 1 }, (_, index) => ({
        from: `n${index}.text`,
        to: `n${index + 1}.prompt`,
      })),
    });
  expect(openingZoom(await laidOut(chain(9), byType))).toBeGreaterThanOrEqual(0.7);
  expect(openingZoom(await laidOut(chain(15), byType))).toBeGreaterThanOrEqual(0.5);
});
