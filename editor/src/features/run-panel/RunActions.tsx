import { FlaskConical, GitCompareArrows, History, Play, RotateCcw, Table2, Trash2 } from 'lucide-react';
import { Suspense, useState, type ReactElement } from 'react';
import { useDraftRuns } from '../../data/access/draft-runs.js';
import { useMay } from '../../data/access/me-store.js';
import { allCommands } from '../commands/index.js';
import { AddToDataset } from '../datasets/index.js';
import { Link } from '../../ui/navigation/Link.js';
import { navigate, testsPath, useAddress, workflowPath } from '../../ui/navigation/route.js';
import { useDocument, useSession } from '../session/index.js';
import { useRunHead } from '../run/index.js';
import { DeleteRuns, type RunToDelete } from '../runs/index.js';

/** The actions on an ended run: play it back, run it again, retry it, compare it, create a test from it, add it to a dataset, delete it. */
export function RunActions(): ReactElement | null {
  const { commands } = useSession();
  const head = useRunHead();
  const workflow = useDocument((state) => state.slug ?? state.id);
  const isRun = useDocument((state) => state.origin.kind === 'run');
  const isDraft = useDocument((state) => state.origin.kind === 'draft' && state.id !== undefined);
  const { reason } = useDraftRuns();
  const mayEdit = useMay('workflow:write');
  const name = useDocument((state) => state.document?.name ?? '');
  if (head === undefined || !head.isEnded) return null;
  const run = (id: string): void => void allCommands.find((command) => command.id === id)?.run(commands);
  return (
    <div className="wrapped gap-4" role="group" aria-label="Run actions">
      <button type="button" className="topbar-link" onClick={() => run('play')}>
        <Play size={13} aria-hidden /> Play back
      </button>
      {head.status === 'done' ? null : (
        <>
          {isDraft ? (
            <button
              type="button"
              className="topbar-link"
              disabled={reason !== undefined}
              data-tip={reason ?? 'Runs the draft on the same inputs; results of unchanged nodes are reused'}
              onClick={() => run('retry-draft')}
            >
              <RotateCcw size={13} aria-hidden /> Retry with this draft
            </button>
          ) : null}
          <button
            type="button"
            className="topbar-link"
            disabled={reason !== undefined}
            data-tip={reason ?? 'Continues with the workflow of this run, without later changes'}
            onClick={() => run('resume-run')}
          >
            <History size={13} aria-hidden /> Retry as it was
          </button>
        </>
      )}
      <button
        type="button"
        className="topbar-link"
        disabled={reason !== undefined}
        onClick={() => run('rerun')}
        data-tip={reason ?? (isRun ? undefined : 'Uses the workflow of this run, not the draft')}
      >
        <History size={13} aria-hidden /> Rerun with same inputs
      </button>
      <Link href={`/runs/compare?a=${encodeURIComponent(head.runId)}`} className="topbar-link">
        <GitCompareArrows size={13} aria-hidden /> Compare
      </Link>
      {workflow === undefined || !mayEdit ? null : (
        <Link href={testsPath(workflow, head.runId)} className="topbar-link">
          <FlaskConical size={13} aria-hidden /> Create test
        </Link>
      )}
      {head.status === 'done' && mayEdit ? <AddRun runId={head.runId} name={name} /> : null}
      {mayEdit ? (
        <DeleteRun
          run={{ runId: head.runId, status: head.status, workflowName: name }}
          draft={isRun ? undefined : workflow}
        />
      ) : null}
    </div>
  );
}

/** Deletes the shown run. Afterwards the draft is shown without a run, or the list of runs. */
function DeleteRun({ run, draft }: { readonly run: RunToDelete; readonly draft: string | undefined }): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const address = useAddress();
  return (
    <>
      <button type="button" className="topbar-link" onClick={() => setOpen(true)}>
        <Trash2 size={13} aria-hidden /> Delete run
      </button>
      {isOpen ? (
        <Suspense fallback={null}>
          <DeleteRuns
            runs={[run]}
            onDeleted={(gone) => {
              if (gone.length > 0) navigate(draft === undefined ? '/runs' : workflowPath(draft));
            }}
            onRestored={() => navigate(address)}
            onClose={() => setOpen(false)}
          />
        </Suspense>
      ) : null}
    </>
  );
}

/** Adds the run to a dataset. The dialog loads when the button is pressed for the first time. */
function AddRun({ runId, name }: { readonly runId: string; readonly name: string }): ReactElement {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="topbar-link" onClick={() => setOpen(true)}>
        <Table2 size={13} aria-hidden /> Add to dataset
      </button>
      {isOpen ? (
        <Suspense fallback={null}>
          <AddToDataset from={{ runs: [runId] }} name={name} onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </>
  );
}
