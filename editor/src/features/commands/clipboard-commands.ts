import {
  edit,
  copyFragment,
  pasteFragment,
  readFragment,
  type Fragment,
  freeCorner,
  removeNotes,
  remove,
} from '../document/index.js';
import { showToast, select, type Selection } from '../view/index.js';
import { chosenNodes } from './chosen-nodes.js';
import type { CommandContext } from '../session/index.js';
import type { Command, CommandFacts } from './command.js';

const hasNodes = ({ view }: CommandFacts): boolean =>
  view.selectedNodes.length + view.selectedNotes.length + view.selectedGroups.length > 0;
const canChangeNodes = (facts: CommandFacts): boolean => facts.isEditable && hasNodes(facts);

/** Copy, cut, paste and duplicate. The clipboard holds plain JSON, so nodes can be copied between workflows and tabs. */
export const clipboardCommands: readonly Command[] = [
  { id: 'copy', title: 'Copy', group: 'Edit', keys: ['Mod+C'], isEnabled: hasNodes, run: (context) => copy(context) },
  {
    id: 'cut',
    title: 'Cut',
    group: 'Edit',
    keys: ['Mod+X'],
    isEnabled: canChangeNodes,
    run: async (context) => {
      if (await copy(context))
        edit(context.documents, (document) =>
          removeNotes(
            remove(document, chosenNodes(context), new Set()),
            new Set(context.view.getState().selectedNotes),
          ),
        );
    },
  },
  {
    id: 'paste',
    title: 'Paste',
    group: 'Edit',
    keys: ['Mod+V'],
    isEnabled: ({ isEditable }) => isEditable,
    run: paste,
  },
  { id: 'duplicate', title: 'Duplicate', group: 'Edit', keys: ['Mod+D'], isEnabled: canChangeNodes, run: duplicate },
];

async function copy({ documents, view, clipboard }: CommandContext): Promise<boolean> {
  const { document } = documents.getState();
  const ids = chosenNodes({ documents, view });
  const notes = new Set(view.getState().selectedNotes);
  const count = ids.size + notes.size;
  if (document === undefined || count === 0) return false;
  try {
    await clipboard.writeText(JSON.stringify(copyFragment(document, ids, notes), undefined, 2));
    showToast(view, `Copied ${counted(ids.size, notes.size)}`);
    return true;
  } catch {
    showToast(
      view,
      'The browser blocks the clipboard for this page. Allow it beside the address, then copy again.',
      true,
    );
    return false;
  }
}

async function paste(context: CommandContext): Promise<void> {
  const { view, clipboard } = context;
  const text = await clipboard.readText().catch(() => undefined);
  if (text === undefined) {
    showToast(
      view,
      'The browser blocks the clipboard for this page. Allow it beside the address, then paste again.',
      true,
    );
    return;
  }
  const fragment = readFragment(text);
  if (fragment === undefined || Object.keys(fragment.nodes).length + fragment.notes.length === 0) {
    showToast(view, 'The clipboard contains no nodes.', true);
    return;
  }
  put(context, fragment, view.getState().canvas?.pointer() ?? [0, 0]);
  // This also replaces the message of an earlier failed attempt.
  showToast(view, `Pasted ${counted(Object.keys(fragment.nodes).length, fragment.notes.length)}`);
}

function counted(nodes: number, notes: number): string {
  const count = nodes + notes;
  if (notes > 0) return count === 1 ? '1 note' : `${count} items`;
  return count === 1 ? '1 node' : `${count} nodes`;
}

function duplicate(context: CommandContext): void {
  const { document } = context.documents.getState();
  if (document === undefined) return;
  const fragment = copyFragment(document, chosenNodes(context), new Set(context.view.getState().selectedNotes));
  const positions = [...Object.values(fragment.places), ...fragment.notes.map(({ at }) => at)];
  const corner: [number, number] = [
    Math.min(...positions.map(([x]) => x)) + 32,
    Math.min(...positions.map(([, y]) => y)) + 32,
  ];
  put(context, fragment, positions.length === 0 ? (context.view.getState().canvas?.centre() ?? [0, 0]) : corner);
}

function put({ documents, view }: CommandContext, fragment: Fragment, corner: readonly [number, number]): void {
  let chosen: Selection = {};
  edit(documents, (document) => {
    const pasted = pasteFragment(document, fragment, freeCorner(document, fragment, corner));
    chosen = { nodes: pasted.ids, notes: pasted.notes };
    return pasted.document;
  });
  select(view, chosen);
}
