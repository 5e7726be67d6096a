import { describe, expect, it } from '@jest/globals';
import type { WorkflowDocument } from '@heddle/core';
import { groupFlowId, noteFlowId } from '../../view/flow-ids.js';
import type { FlowNode } from '../flow/flow-types.js';
import { frameOffset } from './group-frames.js';
import { withMembers } from './with-members.js';

const documentWith = (collapsed: boolean): WorkflowDocument => ({
  heddle: 2,
  name: 'Grouped',
  nodes: { words: { type: 'prompt', version: 1, config: {} } },
  edges: [],
  layout: {
    nodes: { words: [100, 100] },
    notes: [
      { id: 'inside', text: 'in', at: [110, 120], size: [100, 60] },
      { id: 'outside', text: 'out', at: [900, 120], size: [100, 60] },
    ],
    groups: [{ id: 'g', title: 'Words', nodes: ['words'], ...(collapsed ? { collapsed } : {}) }],
  },
});
const frame: FlowNode = {
  id: groupFlowId('g'),
  type: 'frame',
  position: { x: 0, y: 0 },
  width: 300,
  height: 240,
  data: {},
};

/** The nodes and notes that move along when the group is dragged 40 to the right. */
function movedWith(collapsed: boolean): readonly (readonly [string, unknown])[] {
  const offset = collapsed ? { x: 0, y: 0 } : frameOffset;
  const position = { x: 140 - offset.x, y: 100 - offset.y };
  return withMembers(
    documentWith(collapsed),
    [{ id: frame.id, type: 'position', position, dragging: true }],
    [frame],
  ).flatMap((change) =>
    change.type === 'position' && change.id !== frame.id ? [[change.id, change.position] as const] : [],
  );
}

describe('dragging a group', () => {
  it('moves its nodes and the notes inside its frame, and no other note', () => {
    expect(movedWith(false)).toEqual([
      ['words', { x: 140, y: 100 }],
      [noteFlowId('inside'), { x: 150, y: 120 }],
    ]);
  });

  it('leaves notes where they are when it is folded to a card', () => {
    expect(movedWith(true)).toEqual([['words', { x: 140, y: 100 }]]);
  });
});
