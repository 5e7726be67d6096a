import { serialiseDocument } from '@heddle/core';
import { saveFile } from '../../ui/buttons/save-file.js';
import type { Command } from './command.js';

/** Documents as files. */
export const fileCommands: readonly Command[] = [
  {
    id: 'export',
    title: 'Export as file',
    group: 'Edit',
    keys: [],
    isEnabled: ({ document }) => document.document !== undefined,
    run: ({ documents, root = documents }) => {
      const { document, slug } = root.getState();
      if (document !== undefined) saveFile(`${slug ?? 'workflow'}.json`, serialiseDocument(document));
    },
  },
];
