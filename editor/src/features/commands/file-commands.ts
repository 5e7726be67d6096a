import { serialiseDocument, type WorkflowDocument } from '@heddle/core';
import { client } from '../../data/api/client.js';
import { saveFile } from '../../ui/buttons/save-file.js';
import type { Command } from './command.js';

/** Commands that save documents as files. */
export const fileCommands: readonly Command[] = [
  {
    id: 'export',
    title: 'Export as file',
    group: 'Edit',
    keys: [],
    isEnabled: ({ document }) => document.document !== undefined,
    run: ({ documents, root = documents }) => {
      const { document, slug } = root.getState();
      if (document === undefined) return;
      const save = (filled: WorkflowDocument): void =>
        saveFile(`${slug ?? 'workflow'}.json`, serialiseDocument(filled));
      const usesPrompts = Object.values(document.nodes).some(({ prompts }) => prompts !== undefined);
      if (slug === undefined || !usesPrompts) save(document);
      else
        void client
          .GET('/api/workflows/{id}', { params: { path: { id: slug }, query: { filled: 'true' } } })
          .then((reply) => save(reply.document))
          .catch(() => save(document));
    },
  },
];
