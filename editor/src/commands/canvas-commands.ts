import { edit } from '../document/document-store.js';
import { arrange } from '../document/edit/arrange.js';
import { neighbour, type Direction } from '../document/neighbour.js';
import { say, selectNodes, setOverlay } from '../view/view-store.js';
import type { Command, CommandFacts } from './command.js';

const isOpen = ({ document }: CommandFacts): boolean => document.document !== undefined;
const along = (direction: Direction, title: string, key: string): Command => ({
  id: `go-${direction}`,
  title,
  group: 'Canvas',
  keys: [key],
  isEnabled: isOpen,
  run: ({ documents, view }) => {
    const { document } = documents.getState();
    const { selectedNodes, canvas } = view.getState();
    const next = document === undefined ? undefined : neighbour(document, selectedNodes[0], direction);
    if (next === undefined) return;
    selectNodes(view, [next]);
    canvas?.focus(next);
  },
});

/** Where things stand, and what is seen of them. */
export const canvasCommands: readonly Command[] = [
  {
    id: 'add-node',
    title: 'Add a node',
    group: 'Canvas',
    keys: ['Tab'],
    isEnabled: ({ isEditable }) => isEditable,
    run: ({ view }) => setOverlay(view, { kind: 'palette', at: view.getState().canvas?.centre() ?? [0, 0] }),
  },
  {
    id: 'layout',
    title: 'Lay out',
    group: 'Canvas',
    keys: ['Shift+L'],
    isEnabled: ({ isEditable }) => isEditable,
    run: async ({ documents, view }) => {
      const { document } = documents.getState();
      if (document === undefined) return;
      const { placesOf } = await import('../document/edit/places-of.js');
      const places = placesOf(document, view.getState().selectedNodes);
      edit(documents, (current) => arrange(current, places));
      view.getState().canvas?.fit();
      say(view, 'Laid out from left to right');
    },
  },
  { id: 'fit', title: 'Show everything', group: 'Canvas', keys: ['1'], isEnabled: isOpen, run: ({ view }) => view.getState().canvas?.fit() },
  { id: 'zoom-selection', title: 'Zoom to selection', group: 'Canvas', keys: ['2'], isEnabled: ({ view }) => view.selectedNodes.length > 0, run: ({ view }) => view.getState().canvas?.fit(view.getState().selectedNodes) },
  { id: 'zoom-in', title: 'Zoom in', group: 'Canvas', keys: ['+', '='], isEnabled: isOpen, run: ({ view }) => view.getState().canvas?.zoomBy(1.25) },
  { id: 'zoom-out', title: 'Zoom out', group: 'Canvas', keys: ['-'], isEnabled: isOpen, run: ({ view }) => view.getState().canvas?.zoomBy(0.8) },
  { id: 'find', title: 'Find a node', group: 'Canvas', keys: ['Mod+F'], isGlobal: true, isEnabled: isOpen, run: ({ view }) => setOverlay(view, { kind: 'find' }) },
  along('right', 'Go to the next node', 'ArrowRight'),
  along('left', 'Go to the node before', 'ArrowLeft'),
  along('down', 'Go to the node below', 'ArrowDown'),
  along('up', 'Go to the node above', 'ArrowUp'),
];
