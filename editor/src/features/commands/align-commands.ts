import {
  edit,
  align,
  distribute,
  type Alignment,
  type Axis,
  arrange,
  layoutOf,
  arrangeNotes,
  type Box,
} from '../document/index.js';
import { chosenNodes } from './chosen-nodes.js';
import type { CommandContext } from '../session/index.js';
import type { Command } from './command.js';

const step = 20;

/** The boxes of the selected elements. An element that has not been drawn gets a default size. */
function boxesOf({ documents, view }: CommandContext): ReadonlyMap<string, Box> {
  const { document } = documents.getState();
  if (document === undefined) return new Map();
  const { nodes } = layoutOf(document);
  const { canvas } = view.getState();
  return new Map(
    [...chosenNodes({ documents, view })].map((id) => {
      const [x, y] = nodes[id] ?? [0, 0];
      return [id, { width: 248, height: 130, ...canvas?.boxOf(id), x, y }];
    }),
  );
}

const aligning = (alignment: Alignment, title: string, key: string): Command => ({
  id: `align-${alignment}`,
  title,
  group: 'Canvas',
  keys: [key],
  isEnabled: ({ isEditable, view }) => isEditable && view.selectedNodes.length > 1,
  run: (context) => edit(context.documents, (document) => arrange(document, align(boxesOf(context), alignment))),
});

const distributing = (axis: Axis, title: string, key: string): Command => ({
  id: `distribute-${axis}`,
  title,
  group: 'Canvas',
  keys: [key],
  isEnabled: ({ isEditable, view }) => isEditable && view.selectedNodes.length > 2,
  run: (context) => edit(context.documents, (document) => arrange(document, distribute(boxesOf(context), axis))),
});

const moving = (title: string, key: string, dx: number, dy: number): Command => ({
  id: `move-${key.replace('Shift+Arrow', '').toLowerCase()}`,
  title,
  group: 'Canvas',
  keys: [key],
  isEnabled: ({ isEditable, view }) =>
    isEditable && view.selectedNodes.length + view.selectedNotes.length + view.selectedGroups.length > 0,
  run: ({ documents, view }) => {
    const ids = chosenNodes({ documents, view });
    const notes = view.getState().selectedNotes;
    edit(
      documents,
      (document) => {
        const layout = layoutOf(document);
        const nodes = new Map(
          [...ids].map((id) => [id, [(layout.nodes[id]?.[0] ?? 0) + dx, (layout.nodes[id]?.[1] ?? 0) + dy] as const]),
        );
        const moved = new Map(
          layout.notes.flatMap(({ id, at }) =>
            notes.includes(id) ? [[id, [at[0] + dx, at[1] + dy] as const] as const] : [],
          ),
        );
        return arrangeNotes(arrange(document, nodes), moved);
      },
      { gesture: `move ${[...ids, ...notes].join(' ')}` },
    );
  },
});

/** Commands that align, distribute and move elements without a pointer. */
export const alignCommands: readonly Command[] = [
  aligning('left', 'Align left edges', 'Alt+A'),
  aligning('centre', 'Align centres', 'Alt+H'),
  aligning('right', 'Align right edges', 'Alt+D'),
  aligning('top', 'Align top edges', 'Alt+W'),
  aligning('middle', 'Align middles', 'Alt+V'),
  aligning('bottom', 'Align bottom edges', 'Alt+S'),
  distributing('horizontal', 'Distribute horizontally', 'Alt+Shift+H'),
  distributing('vertical', 'Distribute vertically', 'Alt+Shift+V'),
  moving('Move right', 'Shift+ArrowRight', step, 0),
  moving('Move left', 'Shift+ArrowLeft', -step, 0),
  moving('Move down', 'Shift+ArrowDown', 0, step),
  moving('Move up', 'Shift+ArrowUp', 0, -step),
];
