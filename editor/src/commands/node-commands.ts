import { edit } from '../document/document-store.js';
import { toggleDisabled } from '../document/edit/change-node.js';
import { remove } from '../document/edit/remove.js';
import { focusPanel } from '../frame/move-focus.js';
import { selectNodes, setOverlay } from '../view/view-store.js';
import type { Command, CommandFacts } from './command.js';

const canChangeNodes = ({ isEditable, view }: CommandFacts): boolean => isEditable && view.selectedNodes.length > 0;

/** What is done to the nodes and threads that are selected. */
export const nodeCommands: readonly Command[] = [
  {
    id: 'delete',
    title: 'Delete',
    group: 'Edit',
    keys: ['Delete'],
    isEnabled: ({ isEditable, view }) => isEditable && view.selectedNodes.length + view.selectedEdges.length > 0,
    run: ({ documents, view }) => {
      const { selectedNodes, selectedEdges } = view.getState();
      edit(documents, (document) => remove(document, new Set(selectedNodes), new Set(selectedEdges)));
      selectNodes(view, []);
    },
  },
  {
    id: 'settings',
    title: 'Go to the settings of the node',
    group: 'Edit',
    keys: ['Enter'],
    isEnabled: ({ view }) => view.selectedNodes.length === 1,
    run: ({ view }) => {
      view.setState({ panel: 'node' });
      // The panel is drawn first.
      setTimeout(focusPanel);
    },
  },
  {
    id: 'rename',
    title: 'Rename',
    group: 'Edit',
    keys: ['F2'],
    isEnabled: ({ isEditable, view }) => isEditable && view.selectedNodes.length === 1,
    run: ({ view }) => {
      const node = view.getState().selectedNodes[0];
      if (node !== undefined) setOverlay(view, { kind: 'rename', node });
    },
  },
  { id: 'disable', title: 'Bypass or take in again', group: 'Edit', keys: ['D'], isEnabled: canChangeNodes, run: ({ documents, view }) => edit(documents, (document) => toggleDisabled(document, view.getState().selectedNodes)) },
  {
    id: 'select-nothing',
    title: 'Select nothing',
    group: 'Edit',
    keys: ['Escape'],
    isEnabled: ({ view }) => view.selectedNodes.length + view.selectedEdges.length > 0,
    run: ({ view }) => selectNodes(view, []),
  },
  {
    id: 'select-all',
    title: 'Select all nodes',
    group: 'Edit',
    keys: ['Mod+A'],
    isEnabled: ({ document }) => document.document !== undefined,
    run: ({ documents, view }) => selectNodes(view, Object.keys(documents.getState().document?.nodes ?? {})),
  },
];
