import { mayNow } from '../access/me-store.js';
import { projectNow } from '../access/project-store.js';
import { isEditable, type DocumentState, type DocumentStore } from '../document/document-store.js';
import type { CatalogStore } from '../document/catalog-store.js';
import { runInside } from '../run/run-inside.js';
import type { RunSession } from '../run/run-session.js';
import type { ViewState, ViewStore } from '../view/view-store.js';

/** What commands act on. */
export interface CommandContext {
  readonly documents: DocumentStore;
  /** The document around, where `documents` is a workflow inside it: undone, saved and exported is always the whole. */
  readonly root?: DocumentStore;
  readonly catalog: CatalogStore;
  readonly view: ViewStore;
  readonly runs: RunSession;
  /** Saves at once. */
  readonly saveNow: () => void;
  readonly clipboard: Pick<Clipboard, 'readText' | 'writeText'>;
}

/** What decides whether a command can be used. */
export interface CommandFacts {
  readonly document: DocumentState;
  readonly view: ViewState;
  readonly isEditable: boolean;
  readonly isRunning: boolean;
  /** Whether a run is in view, at work or ended. */
  readonly hasRun: boolean;
  /** Whether the one chosen node began a run of its own, in the run in view. */
  readonly hasRunInside: boolean;
  /** Whether whoever is here may run drafts. */
  readonly mayRun: boolean;
  /** Whether whoever is here may stop runs. */
  readonly mayStop: boolean;
}

/** One thing that can be done. Menu, shortcut and palette run the same object. */
export interface Command {
  readonly id: string;
  readonly title: string;
  readonly group: 'Edit' | 'Canvas' | 'Run' | 'View';
  /** Such as `Mod+Shift+Z`, `F2`, `?`; several where one key is not enough. */
  readonly keys: readonly string[];
  /** Works while a field has the focus too. */
  readonly isGlobal?: boolean;
  isEnabled(facts: CommandFacts): boolean;
  /** Why it cannot be used, where that is not plain to see. */
  whyOff?(facts: CommandFacts): string | undefined;
  run(context: CommandContext): void | Promise<void>;
}

/** Why a command that runs drafts cannot be used by who may not run them. */
export function whyNoDraftRuns({ mayRun }: CommandFacts): string | undefined {
  if (mayRun) return undefined;
  return projectNow()?.archivedAt === undefined ? 'Needs the role editor in this project' : 'The project is archived';
}

/** The facts as they stand. */
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
    // The nodes of a draft inside are not those of the run that is looked at.
    hasRunInside: root === undefined && chosen !== undefined && runInside(runs, chosen) !== undefined,
    mayRun: mayNow('run:draft'),
    mayStop: mayNow('run:control'),
  };
}
