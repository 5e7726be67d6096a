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
  /** Whether a run is in view, running or ended. */
  readonly hasRun: boolean;
  /** Whether the one selected node started a nested run in the run in view. */
  readonly hasRunInside: boolean;
  /** Whether the user may run drafts. */
  readonly mayRun: boolean;
  /** Whether the user may cancel runs. */
  readonly mayStop: boolean;
}

/** Whether nodes or groups are selected that can be changed. */
export const canChangeNodes = ({ isEditable, view }: CommandFacts): boolean =>
  isEditable && view.selectedNodes.length + view.selectedGroups.length > 0;

/** One command. Menu, shortcut and palette run the same object. */
export interface Command {
  readonly id: string;
  readonly title: string;
  readonly group: 'Edit' | 'Canvas' | 'Run' | 'View';
  /** Such as `Mod+Shift+Z`, `F2`, `?`; several for a command with several shortcuts. */
  readonly keys: readonly string[];
  /** Also works while a field has the focus. */
  readonly isGlobal?: boolean;
  /** Also works while a control outside of the canvas has the focus, such as a button. */
  readonly isForPage?: boolean;
  isEnabled(facts: CommandFacts): boolean;
  /** Why it is not available, where that is not obvious. */
  whyOff?(facts: CommandFacts): string | undefined;
  run(context: CommandContext): void | Promise<void>;
}

/** Why a command that runs drafts is not available to the user. */
export function whyNoDraftRuns({ mayRun }: CommandFacts): string | undefined {
  if (mayRun) return undefined;
  return projectNow()?.archivedAt === undefined ? 'Needs the role editor in this project' : 'The project is archived';
}

/** The current conditions. */
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
    // The nodes of an inner draft are not those of the run in view.
    hasRunInside: root === undefined && chosen !== undefined && runInside(runs, chosen) !== undefined,
    mayRun: mayNow('run:draft'),
    mayStop: mayNow('run:control'),
  };
}
