import { noteFlowId, showToast, select, selectNodes, setEditing } from '../view/index.js';
import {
  edit,
  changeGroup,
  groupNodes,
  toggleCollapsed,
  ungroup,
  freePosition,
  addNote,
  changeNote,
  noteSize,
  paperColours,
  takeApart,
  toSubWorkflow,
  portsOfNode,
  titleOfNode,
} from '../document/index.js';
import { chosenNodes } from './chosen-nodes.js';
import type { CommandContext } from '../session/index.js';
import { canChangeNodes, type Command, type CommandFacts } from './command.js';

const hasGroup = ({ isEditable, view }: CommandFacts): boolean => isEditable && view.selectedGroups.length > 0;

/** Commands for notes, groups and inner workflows. */
export const groupCommands: readonly Command[] = [
  {
    id: 'note',
    title: 'Add note',
    group: 'Canvas',
    keys: ['C'],
    isEnabled: ({ isEditable }) => isEditable,
    run: note,
  },
  { id: 'group', title: 'Group', group: 'Canvas', keys: ['G'], isEnabled: canChangeNodes, run: group },
  { id: 'ungroup', title: 'Ungroup', group: 'Canvas', keys: ['Shift+G'], isEnabled: hasGroup, run: takeFrameAway },
  {
    id: 'fold',
    title: 'Collapse or expand group',
    group: 'Canvas',
    keys: ['F'],
    isEnabled: hasGroup,
    run: ({ documents, view }) =>
      edit(documents, (document) => view.getState().selectedGroups.reduce(toggleCollapsed, document)),
  },
  {
    id: 'colour',
    title: 'Next colour of note or group',
    group: 'Canvas',
    keys: [],
    isEnabled: ({ isEditable, view }) => isEditable && view.selectedNotes.length + view.selectedGroups.length > 0,
    run: nextColour,
  },
  {
    id: 'sub-workflow',
    title: 'Convert selection to sub-workflow',
    group: 'Canvas',
    keys: ['Shift+W'],
    isEnabled: canChangeNodes,
    run: subWorkflow,
  },
  {
    id: 'take-apart',
    title: 'Replace sub-workflow with its nodes',
    group: 'Canvas',
    keys: [],
    isEnabled: ({ isEditable, view, document }) =>
      isEditable &&
      view.selectedNodes.length === 1 &&
      document.document?.nodes[view.selectedNodes[0] ?? '']?.type === 'workflow',
    run: apart,
  },
];

function note({ documents, view }: CommandContext): void {
  const { canvas } = view.getState();
  const at = canvas?.pointer() ?? [0, 0];
  const [width, height] = noteSize;
  let id = '';
  edit(documents, (document) => {
    const position = freePosition(document, at, (nodeId) => canvas?.boxOf(nodeId), { width, height });
    const added = addNote(document, position);
    id = added.id;
    return added.document;
  });
  select(view, { notes: [id] });
  setEditing(view, { kind: 'note', id });
  canvas?.bringIn(noteFlowId(id));
}

function group({ documents, view }: CommandContext): void {
  const ids = [...chosenNodes({ documents, view })];
  let id = '';
  edit(documents, (document) => {
    const grouped = groupNodes(document, ids);
    id = grouped.id;
    return grouped.document;
  });
  select(view, { groups: [id] });
  setEditing(view, { kind: 'group', id });
}

function takeFrameAway({ documents, view }: CommandContext): void {
  const ids = [...chosenNodes({ documents, view })];
  edit(documents, (document) => ungroup(document, view.getState().selectedGroups));
  selectNodes(view, ids);
}

function nextColour({ documents, view }: CommandContext): void {
  const next = (color: string | undefined): string =>
    paperColours[(paperColours.findIndex((name) => name === color) + 1) % paperColours.length] ?? paperColours[0];
  const { selectedNotes, selectedGroups } = view.getState();
  edit(documents, (document) => {
    const notes = selectedNotes.reduce(
      (current, id) => changeNote(current, id, (before) => ({ ...before, color: next(before.color) })),
      document,
    );
    return selectedGroups.reduce(
      (current, id) => changeGroup(current, id, (before) => ({ ...before, color: next(before.color) })),
      notes,
    );
  });
}

function subWorkflow({ documents, catalog, view }: CommandContext): void {
  const state = documents.getState();
  const { byType } = catalog.getState();
  if (state.document === undefined) return;
  const ids = [...chosenNodes({ documents, view })];
  const group = state.document.layout?.groups.find(({ id }) => view.getState().selectedGroups[0] === id);
  const result = toSubWorkflow(state.document, ids, group?.title ?? 'Sub-workflow', {
    portsOf: (id) => portsOfNode(state, byType, id),
    roleOf: (type) => byType.get(type)?.role,
    titleOf: (id) => titleOfNode(state, byType, id),
  });
  if ('refusal' in result) {
    showToast(view, result.refusal, true);
    return;
  }
  edit(documents, () => result.document);
  selectNodes(view, [result.id]);
  setEditing(view, { kind: 'node', id: result.id });
}

function apart({ documents, view }: CommandContext): void {
  const id = view.getState().selectedNodes[0];
  const { document } = documents.getState();
  const result = document === undefined || id === undefined ? undefined : takeApart(document, id);
  if (result === undefined) {
    showToast(view, 'This node runs a stored workflow: open it on its own page.', true);
    return;
  }
  edit(documents, () => result.document);
  selectNodes(view, result.ids);
}
