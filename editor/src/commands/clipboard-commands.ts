import { edit } from '../document/document-store.js';
import { copyFragment, pasteFragment, readFragment, type Fragment } from '../document/edit/fragment.js';
import { remove } from '../document/edit/remove.js';
import { say, selectNodes } from '../view/view-store.js';
import type { Command, CommandContext, CommandFacts } from './command.js';

const hasNodes = ({ view }: CommandFacts): boolean => view.selectedNodes.length > 0;
const canChangeNodes = (facts: CommandFacts): boolean => facts.isEditable && hasNodes(facts);

/** Copy, cut, paste, duplicate: plain JSON on the clipboard, between workflows and tabs. */
export const clipboardCommands: readonly Command[] = [
  { id: 'copy', title: 'Copy', group: 'Edit', keys: ['Mod+C'], isEnabled: hasNodes, run: (context) => copy(context) },
  {
    id: 'cut',
    title: 'Cut',
    group: 'Edit',
    keys: ['Mod+X'],
    isEnabled: canChangeNodes,
    run: async (context) => {
      if (await copy(context)) edit(context.documents, (document) => remove(document, new Set(context.view.getState().selectedNodes), new Set()));
    },
  },
  { id: 'paste', title: 'Paste', group: 'Edit', keys: ['Mod+V'], isEnabled: ({ isEditable }) => isEditable, run: paste },
  { id: 'duplicate', title: 'Duplicate', group: 'Edit', keys: ['Mod+D'], isEnabled: canChangeNodes, run: duplicate },
];

async function copy({ documents, view, clipboard }: CommandContext): Promise<boolean> {
  const { document } = documents.getState();
  const ids = view.getState().selectedNodes;
  if (document === undefined || ids.length === 0) return false;
  try {
    await clipboard.writeText(JSON.stringify(copyFragment(document, new Set(ids)), undefined, 2));
    say(view, ids.length === 1 ? 'Copied 1 node' : `Copied ${ids.length} nodes`);
    return true;
  } catch {
    say(view, 'The browser does not let this page use the clipboard. Allow it beside the address, then copy again.', true);
    return false;
  }
}

async function paste(context: CommandContext): Promise<void> {
  const { view, clipboard } = context;
  const text = await clipboard.readText().catch(() => undefined);
  if (text === undefined) {
    say(view, 'The browser does not let this page read the clipboard. Allow it beside the address, then paste again.', true);
    return;
  }
  const fragment = readFragment(text);
  if (fragment === undefined || Object.keys(fragment.nodes).length === 0) {
    say(view, 'There are no nodes on the clipboard.', true);
    return;
  }
  put(context, fragment, view.getState().canvas?.pointer() ?? [0, 0]);
}

function duplicate(context: CommandContext): void {
  const { document } = context.documents.getState();
  if (document === undefined) return;
  const fragment = copyFragment(document, new Set(context.view.getState().selectedNodes));
  const places = Object.values(fragment.places);
  const corner: [number, number] = [Math.min(...places.map(([x]) => x)) + 32, Math.min(...places.map(([, y]) => y)) + 32];
  put(context, fragment, places.length === 0 ? (context.view.getState().canvas?.centre() ?? [0, 0]) : corner);
}

function put({ documents, view }: CommandContext, fragment: Fragment, corner: readonly [number, number]): void {
  let ids: readonly string[] = [];
  edit(documents, (document) => {
    const pasted = pasteFragment(document, fragment, corner);
    ids = pasted.ids;
    return pasted.document;
  });
  selectNodes(view, ids);
}
