import { redo, undo } from '../document/document-store.js';
import type { Command } from './command.js';

/** Undo, redo, save. */
export const historyCommands: readonly Command[] = [
  {
    id: 'undo',
    title: 'Undo',
    group: 'Edit',
    keys: ['Mod+Z'],
    isEnabled: ({ document, isEditable }) => isEditable && document.history.past.length > 0,
    run: ({ documents, root = documents }) => undo(root),
  },
  {
    id: 'redo',
    title: 'Redo',
    group: 'Edit',
    keys: ['Mod+Shift+Z', 'Mod+Y'],
    isEnabled: ({ document, isEditable }) => isEditable && document.history.future.length > 0,
    run: ({ documents, root = documents }) => redo(root),
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
