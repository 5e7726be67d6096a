import {
  cardHeights,
  groupFlowId,
  noteFlowId,
  isMapShown,
  chooseMap,
  mapChoice,
  showToast,
  select,
  selectNodes,
  setOverlay,
} from '../view/index.js';
import {
  edit,
  loadComputePositions,
  arrange,
  groupOf,
  nodesOfGroups,
  neighbour,
  type Direction,
} from '../document/index.js';
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
    const { selectedNodes, selectedGroups, canvas } = view.getState();
    if (document === undefined) return;
    const inGroup = nodesOfGroups(document, selectedGroups);
    const next = neighbour(
      document,
      selectedNodes[0] ?? inGroup[direction === 'right' ? inGroup.length - 1 : 0],
      direction,
    );
    if (next === undefined) return;
    const group = groupOf(document, next);
    if (group?.collapsed === true) {
      select(view, { groups: [group.id] });
      canvas?.focus(groupFlowId(group.id));
      return;
    }
    selectNodes(view, [next]);
    canvas?.focus(next);
  },
});

/** The gap between a node and the one added to it. */
const beside = 72;

/** Commands for layout and view. */
export const canvasCommands: readonly Command[] = [
  {
    id: 'add-node',
    title: 'Add node',
    group: 'Canvas',
    keys: ['Tab'],
    isEnabled: ({ isEditable }) => isEditable,
    run: ({ view }) => {
      const { canvas, selectedNodes } = view.getState();
      const [id, ...others] = selectedNodes;
      // With one node selected, the new node is placed beside it, as the next step.
      const box = id === undefined || others.length > 0 ? undefined : canvas?.boxOf(id);
      const at = box === undefined ? canvas?.centre() : ([box.x + box.width + beside, box.y] as const);
      setOverlay(view, { kind: 'palette', at: at ?? [0, 0] });
    },
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
      const computePositions = await loadComputePositions();
      const { canvas, selectedNodes } = view.getState();
      const positions = computePositions(document, selectedNodes, cardHeights(Object.keys(document.nodes), canvas));
      edit(documents, (current) => arrange(current, positions));
      view.getState().canvas?.fit();
      showToast(view, 'Laid out from left to right');
    },
  },
  {
    id: 'fit',
    title: 'Fit to view',
    group: 'Canvas',
    keys: ['1'],
    isEnabled: isOpen,
    run: ({ view }) => view.getState().canvas?.fit(),
  },
  {
    id: 'zoom-selection',
    title: 'Zoom to selection',
    group: 'Canvas',
    keys: ['2'],
    isEnabled: ({ view }) => view.selectedNodes.length + view.selectedNotes.length + view.selectedGroups.length > 0,
    run: ({ view }) => {
      const { canvas, selectedNodes, selectedNotes, selectedGroups } = view.getState();
      canvas?.fit([...selectedNodes, ...selectedNotes.map(noteFlowId), ...selectedGroups.map(groupFlowId)]);
    },
  },
  {
    id: 'zoom-in',
    title: 'Zoom in',
    group: 'Canvas',
    keys: ['+', '='],
    isEnabled: isOpen,
    run: ({ view }) => view.getState().canvas?.zoomBy(1.25),
  },
  {
    id: 'zoom-out',
    title: 'Zoom out',
    group: 'Canvas',
    keys: ['-'],
    isEnabled: isOpen,
    run: ({ view }) => view.getState().canvas?.zoomBy(0.8),
  },
  {
    id: 'find',
    title: 'Find node',
    group: 'Canvas',
    keys: ['Mod+F'],
    isGlobal: true,
    isEnabled: isOpen,
    run: ({ view }) => setOverlay(view, { kind: 'find' }),
  },
  {
    id: 'minimap',
    title: 'Show or hide map',
    group: 'Canvas',
    keys: ['M'],
    isEnabled: isOpen,
    run: ({ documents, view }) => {
      const isHidden = view.getState().canvas?.isPartHidden() ?? false;
      const isShown = isMapShown(mapChoice.getState().isOpen, documents.getState().document, isHidden);
      chooseMap(!isShown);
      showToast(view, isShown ? 'Map hidden' : 'Map shown');
    },
  },
  along('right', 'Go to next node', 'ArrowRight'),
  along('left', 'Go to previous node', 'ArrowLeft'),
  along('down', 'Go to node below', 'ArrowDown'),
  along('up', 'Go to node above', 'ArrowUp'),
];
