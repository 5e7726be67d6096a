import { mayNow } from '../../data/access/me-store.js';
import { projectNow } from '../../data/access/project-store.js';
import { isEditable, type DocumentState } from '../document/index.js';
import { runInside } from '../run/index.js';
import type { CommandContext } from '../session/index.js';
import type { ViewState } from '../view/index.js';

/** The conditions that decide whether a command is available. */
export interface CommandFacts {
  readonly document: DocumentState;
  readonly view: ViewState;
  readonly isEditable: boolean;
  readonly isRunning: boolean;
  /** Whether a run is shown, in progress or ended. */
  readonly hasRun: boolean;
  /** Whether exactly one node is selected and it started a nested run in the run that is shown. */
  readonly hasRunInside: boolean;
  readonly mayRun: boolean;
  readonly mayStop: boolean;
}

/** Whether the selection contains nodes or groups that can be changed. */
export const canChangeNodes = ({ isEditable, view }: CommandFacts): boolean =>
  isEditable && view.selectedNodes.length + view.selectedGroups.length > 0;

/** A command of the editor. Menu, shortcut and palette run the same object. */
export interface Command {
  readonly id: string;
  readonly title: string;
  readonly group: 'Edit' | 'Canvas' | 'Run' | 'View';
  /** For example `Mod+Shift+Z`, `F2` or `?`. The first shortcut is the one that is shown. */
  readonly keys: readonly string[];
  /** Whether the shortcut also works while a field has the focus. */
  readonly isGlobal?: boolean;
  /** Whether the shortcut also works while a control outside the canvas has the focus, such as a button. */
  readonly isForPage?: boolean;
  isEnabled(facts: CommandFacts): boolean;
  /** Why the command is not available; undefined if that is obvious. */
  whyOff?(facts: CommandFacts): string | undefined;
  run(context: CommandContext): void | Promise<void>;
}

/** Why the user cannot run drafts; undefined if they can. */
export function whyNoDraftRuns({ mayRun }: CommandFacts): string | undefined {
  if (mayRun) return undefined;
  return projectNow()?.archivedAt === undefined ? 'Needs the role editor in this project' : 'The project is archived';
}

/** Collects the current facts from the stores. */
export function factsOf({
  documents,
  root,
  view,
  runs,
}: Pick<CommandContext, 'documents' | 'root' | 'view' | 'runs'>): CommandFacts {
  const document = documents.getState();
  const head = runs.store.getState().run?.head();
  const { selectedNodes } = view.getState();
  const [chosen] = selectedNodes.length === 1 ? selectedNodes : [];
  return {
    document,
    view: view.getState(),
    isEditable: isEditable(document),
    isRunning: head !== undefined && !head.isEnded,
    hasRun: head !== undefined,
    // In an inner workflow, the nodes are not those of the run that is shown.
    hasRunInside: root === undefined && chosen !== undefined && runInside(runs, chosen) !== undefined,
    mayRun: mayNow('run:draft'),
    mayStop: mayNow('run:control'),
  };
}
