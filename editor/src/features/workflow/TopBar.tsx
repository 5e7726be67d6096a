import clsx from 'clsx';
import { ChartGantt, Command as CommandIcon, Link2, Map as MapIcon, Plus, Redo2, Undo2 } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { useProject } from '../../data/access/project-store.js';
import { isEditable } from '../document/index.js';
import { Link } from '../../ui/navigation/Link.js';
import { runPath, workflowPath } from '../../ui/navigation/route.js';
import { Around } from '../nested-runs/index.js';
import { LiveBadge, PublishButton, WorkflowTabs } from '../publishing/index.js';
import { useRunHead } from '../run/index.js';
import { useDocument } from '../session/index.js';
import { CommandButton } from '../commands/index.js';
import { IssueList } from './IssueList.js';
import { RunButton } from './RunButton.js';
import { SaveMark } from './SaveMark.js';
import { WorkflowName } from './WorkflowName.js';
import styles from './workflow.module.css';

/** The top bar of the canvas: the name and state of the open document, and the actions on it. */
export function TopBar(): ReactElement {
  const isOpen = useDocument((state) => state.document !== undefined);
  const isDraft = useDocument((state) => state.origin.kind === 'draft');
  const canEdit = useDocument(isEditable);
  const isArchived = useProject()?.archivedAt !== undefined;
  const head = useRunHead();
  return (
    <header className="topbar aligned">
      <Around>
        <WorkflowName />
        <OpenTabs />
      </Around>
      {head === undefined ? (
        !isOpen || !isDraft ? null : (
          <Around>
            <LiveBadge />
          </Around>
        )
      ) : (
        <>
          <span className={clsx('badge', styles['badge-run'])}>Run</span>
          <CopyLink key={head.runId} runId={head.runId} />
          <Around>
            <LeaveRun />
          </Around>
        </>
      )}
      <span className="topbar-space" />
      <IssueList />
      {canEdit ? (
        <>
          <Around>
            <SaveMark />
          </Around>
          <span className={styles['topbar-tools']}>
            <CommandButton id="undo">
              <Undo2 size={16} aria-hidden />
            </CommandButton>
            <CommandButton id="redo">
              <Redo2 size={16} aria-hidden />
            </CommandButton>
            <CommandButton id="add-node" className="button button-small">
              <Plus size={14} aria-hidden /> Add node
            </CommandButton>
          </span>
        </>
      ) : isDraft && isOpen ? (
        <span
          className="badge"
          data-tip={isArchived ? 'The project is archived' : 'Editing needs the role editor or owner'}
        >
          Read only
        </span>
      ) : null}
      <CommandButton id="data-map">
        <MapIcon size={16} aria-hidden />
      </CommandButton>
      <CommandButton id="drawer">
        <ChartGantt size={16} aria-hidden />
      </CommandButton>
      <CommandButton id="commands">
        <CommandIcon size={16} aria-hidden />
      </CommandButton>
      <Around>
        <RunButton />
        <PublishButton />
      </Around>
    </header>
  );
}

/** The tabs of the open workflow. A run of a deleted workflow has none. */
function OpenTabs(): ReactElement | null {
  const id = useDocument((state) => state.id);
  const slug = useDocument((state) => state.slug ?? state.id);
  const isDraft = useDocument((state) => state.origin.kind === 'draft');
  return slug === undefined ? null : <WorkflowTabs id={id} slug={slug} part={isDraft ? 'canvas' : undefined} />;
}

/** A link that returns to the draft without the run. */
function LeaveRun(): ReactElement | null {
  const workflow = useDocument((state) => state.slug ?? state.id);
  return workflow === undefined ? null : (
    <Link href={workflowPath(workflow)} className="topbar-link">
      Close run
    </Link>
  );
}

function CopyLink({ runId }: { readonly runId: string }): ReactElement {
  const [word, setWord] = useState('Copy link');
  const copy = (): void => {
    navigator.clipboard.writeText(new URL(runPath(runId), window.location.href).href).then(
      () => setWord('Copied'),
      () => setWord('No clipboard access'),
    );
  };
  return (
    <button type="button" className="topbar-link" onClick={copy}>
      <Link2 size={14} aria-hidden /> <span className={styles['topbar-word']}>{word}</span>
    </button>
  );
}
