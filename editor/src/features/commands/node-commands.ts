import {
  edit,
  toggleDisabled,
  toggleCollapsed,
  layoutOf,
  removeNotes,
  remove,
  foreignText,
} from '../document/index.js';
import { focusPanel } from '../../ui/keyboard/move-focus.js';
import { panelOf, showToast, select, setEditing, type Editing, type ViewState, openPanel } from '../view/index.js';
import { chosenNodes } from './chosen-nodes.js';
import { canChangeNodes, type Command } from './command.js';

const chosenCount = ({ selectedNodes, selectedEdges, selectedNotes, selectedGroups }: ViewState): number =>
  selectedNodes.length + selectedEdges.length + selectedNotes.length + selectedGroups.length;
/** The selected element with a name or text, if it is the only one selected. */
const onlyOne = ({ selectedNodes, selectedNotes, selectedGroups }: ViewState): Editing | undefined => {
  const all: Editing[] = [
    ...selectedNodes.map((id) => ({ kind: 'node' as const, id })),
    ...selectedNotes.map((id) => ({ kind: 'note' as const, id })),
    ...selectedGroups.map((id) => ({ kind: 'group' as const, id })),
  ];
  return all.length === 1 ? all[0] : undefined;
};

/** Commands for the selection. */
export const nodeCommands: readonly Command[] = [
  {
    id: 'delete',
    title: 'Delete',
    group: 'Edit',
    keys: ['Delete'],
    isEnabled: ({ isEditable, view }) => isEditable && chosenCount(view) > 0,
    run: ({ documents, view }) => {
      const { selectedEdges, selectedNotes } = view.getState();
      const nodes = chosenNodes({ documents, view });
      edit(documents, (document) =>
        removeNotes(remove(document, nodes, new Set(selectedEdges)), new Set(selectedNotes)),
      );
      select(view, {});
    },
  },
  {
    id: 'settings',
    title: 'Go to settings',
    group: 'Edit',
    keys: ['Enter'],
    isEnabled: ({ view }) =>
      onlyOne(view)?.kind === 'node' ||
      onlyOne(view)?.kind === 'note' ||
      panelOf(view.selectedNodes, view.selectedEdges) === 'edge',
    run: ({ view }) => {
      const { selectedNodes, selectedEdges } = view.getState();
      const one = onlyOne(view.getState());
      if (one?.kind === 'note') {
        setEditing(view, one);
        return;
      }
      view.setState({ panel: panelOf(selectedNodes, selectedEdges) });
      openPanel();
      // Waits until the panel is drawn.
      setTimeout(focusPanel);
    },
  },
  {
    id: 'rename',
    title: 'Rename',
    group: 'Edit',
    keys: ['F2'],
    isEnabled: ({ isEditable, view }) => isEditable && onlyOne(view) !== undefined,
    run: ({ documents, catalog, view }) => {
      const one = onlyOne(view.getState());
      if (one === undefined) return;
      const node = one.kind === 'node' ? documents.getState().document?.nodes[one.id] : undefined;
      const foreign = node === undefined ? undefined : foreignText(node, catalog.getState().byType.get(node.type));
      if (foreign !== undefined) {
        showToast(view, `${foreign}. You can move and delete it, but not change it.`, true);
        return;
      }
      if (
        one.kind === 'group' &&
        documents.getState().document?.layout?.groups.find(({ id }) => id === one.id)?.collapsed === true
      )
        edit(documents, (document) => toggleCollapsed(document, one.id));
      if (one.kind === 'node') view.getState().canvas?.focus(one.id);
      setEditing(view, one);
    },
  },
  {
    id: 'disable',
    title: 'Bypass or enable',
    group: 'Edit',
    keys: ['D'],
    isEnabled: canChangeNodes,
    run: ({ documents, catalog, view }) => {
      const { document } = documents.getState();
      const { byType } = catalog.getState();
      const all = [...chosenNodes({ documents, view })];
      const ids = all.filter((id) => {
        const node = document?.nodes[id];
        return node !== undefined && foreignText(node, byType.get(node.type)) === undefined;
      });
      if (ids.length === 0) {
        showToast(view, 'This node is unknown here: you can move and delete it, but not change it.', true);
        return;
      }
      edit(documents, (current) => toggleDisabled(current, ids));
    },
  },
  {
    id: 'select-nothing',
    title: 'Clear selection',
    group: 'Edit',
    keys: ['Escape'],
    isForPage: true,
    isEnabled: ({ view }) => chosenCount(view) > 0,
    run: ({ view }) => select(view, {}),
  },
  {
    id: 'select-all',
    title: 'Select all nodes',
    group: 'Edit',
    keys: ['Mod+A'],
    isEnabled: ({ document }) => document.document !== undefined,
    run: ({ documents, view }) => {
      const { document } = documents.getState();
      if (document === undefined) return;
      const { notes, groups } = layoutOf(document);
      const folded = groups.filter(({ collapsed }) => collapsed === true);
      const hidden = new Set(folded.flatMap(({ nodes }) => nodes));
      select(view, {
        nodes: Object.keys(document.nodes).filter((id) => !hidden.has(id)),
        notes: notes.map(({ id }) => id),
        groups: folded.map(({ id }) => id),
      });
    },
  },
];
