import { innerNamesOf } from '../document/index.js';
import { goInside, insideNow, navigate, workflowPath } from '../../ui/navigation/route.js';
import { openScope, parentExecutionOf, scopeOf } from '../run/index.js';
import { showToast } from '../view/index.js';
import type { CommandContext } from '../session/index.js';
import type { Command } from './command.js';

/** Commands that open and leave inner workflows. */
export const innerCommands: readonly Command[] = [
  {
    id: 'edit-inside',
    title: 'Open inner workflow',
    group: 'Canvas',
    keys: ['O'],
    isEnabled: ({ document, isEditable, view }) => {
      const [id, ...others] = view.selectedNodes;
      const node = id === undefined ? undefined : document.document?.nodes[id];
      return (
        isEditable &&
        others.length === 0 &&
        (node?.type === 'each' || innerNamesOf(node?.config).length > 0 || typeof node?.config['workflow'] === 'string')
      );
    },
    run: (context) => {
      const id = context.view.getState().selectedNodes[0];
      if (id !== undefined) openInside(context, id);
    },
  },
  {
    id: 'leave-inside',
    title: 'Back to outer workflow or run',
    group: 'Canvas',
    keys: ['Mod+ArrowUp'],
    isEnabled: () => true,
    run: ({ runs }) => {
      const { scope } = runs.focus.getState();
      if (scope !== '') openScope(runs.focus, scopeOf(parentExecutionOf(scope).path));
      else if (insideNow().length > 0) goInside(insideNow().slice(0, -1));
    },
  },
];

/** Opens the workflow that a node runs. An inner workflow opens on the same canvas, a stored one on its own page. */
export function openInside({ documents, view }: Pick<CommandContext, 'documents' | 'view'>, id: string): void {
  const config = documents.getState().document?.nodes[id]?.config;
  const [name] = innerNamesOf(config);
  const stored = config?.['workflow'];
  if (name !== undefined) goInside([...insideNow(), { node: id, name }]);
  else if (typeof stored === 'string' && stored !== '') navigate(workflowPath(stored));
  else showToast(view, 'This node has no workflow yet: choose or create one in its settings.');
}
