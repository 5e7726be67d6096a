import { nodesOfGroups } from '../document/index.js';
import type { CommandContext } from '../session/index.js';

/** The selected nodes together with the nodes of selected groups. */
export function chosenNodes({ documents, view }: Pick<CommandContext, 'documents' | 'view'>): ReadonlySet<string> {
  const { document } = documents.getState();
  const { selectedNodes, selectedGroups } = view.getState();
  return new Set([...selectedNodes, ...(document === undefined ? [] : nodesOfGroups(document, selectedGroups))]);
}
