import { redo, undo, type DocumentStore } from '../document/index.js';
import { selectNodes } from '../view/index.js';
import type { CommandContext } from '../session/index.js';
import type { Command } from './command.js';

export const historyCommands: readonly Command[] = [
  {
    id: 'undo',
    title: 'Undo',
    group: 'Edit',
    keys: ['Mod+Z'],
    isForPage: true,
    isEnabled: ({ document, isEditable }) => isEditable && document.history.past.length > 0,
    run: (context) => inHistory(context, undo),
  },
  {
    id: 'redo',
    title: 'Redo',
    group: 'Edit',
    keys: ['Mod+Shift+Z', 'Mod+Y'],
    isForPage: true,
    isEnabled: ({ document, isEditable }) => isEditable && document.history.future.length > 0,
    run: (context) => inHistory(context, redo),
  },
  {
    id: 'save',
    title: 'Save now',
    group: 'Edit',
    keys: ['Mod+S'],
    isGlobal: true,
    isEnabled: ({ isEditable }) => isEditable,
    run: ({ saveNow }) => saveNow(),
  },
];

/** Undoes or redoes a step, and selects the nodes that it restored. */
function inHistory({ documents, root = documents, view }: CommandContext, step: (store: DocumentStore) => void): void {
  const before = documents.getState().document?.nodes ?? {};
  step(root);
  const after = documents.getState().document?.nodes ?? {};
  const back = Object.keys(after).filter((id) => !Object.hasOwn(before, id));
  if (back.length > 0) selectNodes(view, back);
}
