import { setOverlay, toggleUnfolded } from '../view/index.js';
import type { Command } from './command.js';

/** Commands that draw an edge, find one, or insert a node on one, without a pointer. */
export const edgeCommands: readonly Command[] = [
  {
    id: 'connect',
    title: 'Connect ports',
    group: 'Edit',
    keys: ['W'],
    isEnabled: ({ isEditable }) => isEditable,
    run: ({ view }) => setOverlay(view, { kind: 'connect' }),
  },
  {
    id: 'ports',
    title: 'Show or fold unused ports',
    group: 'Canvas',
    keys: ['U'],
    isEnabled: ({ view }) => view.selectedNodes.length > 0,
    run: ({ view }) => toggleUnfolded(view, view.getState().selectedNodes),
  },
  {
    id: 'edges',
    title: 'Select edge',
    group: 'Edit',
    keys: ['S'],
    isEnabled: ({ document }) => (document.document?.edges.length ?? 0) > 0,
    run: ({ view }) => setOverlay(view, { kind: 'edges' }),
  },
  {
    id: 'insert',
    title: 'Insert node on edge',
    group: 'Edit',
    keys: ['I'],
    isEnabled: ({ isEditable, view }) => isEditable && view.selectedEdges.length === 1,
    run: ({ documents, view }) => {
      const edge = view.getState().selectedEdges[0];
      const { document } = documents.getState();
      if (edge === undefined || document === undefined) return;
      const ends = edge.split('->').map((end) => document.layout?.nodes[end.split('.')[0] ?? ''] ?? [0, 0]);
      const [from = [0, 0], to = [0, 0]] = ends;
      setOverlay(view, {
        kind: 'palette',
        edge,
        at: [((from[0] ?? 0) + (to[0] ?? 0)) / 2 + 124, ((from[1] ?? 0) + (to[1] ?? 0)) / 2 + 60],
      });
    },
  },
];
