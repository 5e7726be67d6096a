import { AlertTriangle, Link2 } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { Link } from '../pages/Link.js';
import { runPath, workflowPath } from '../pages/route.js';
import { useRunHead } from '../run/use-run.js';
import { useDocument } from '../session.js';

/** Name and state of what is open. */
export function TopBar(): ReactElement {
  const name = useDocument((state) => state.document?.name);
  const workflow = useDocument((state) => state.slug ?? state.id);
  const errors = useDocument((state) => state.compiled?.issues.filter((issue) => issue.severity === 'error').length ?? 0);
  const head = useRunHead();
  return (
    <header className="topbar">
      <h1 className="topbar-name" title={name}>
        {name ?? 'Opening…'}
      </h1>
      {head === undefined ? (
        name === undefined ? null : <span className="badge">Draft</span>
      ) : (
        <>
          <span className="badge badge-run">Run</span>
          <CopyLink key={head.runId} runId={head.runId} />
          {workflow === undefined ? null : (
            <Link href={workflowPath(workflow)} className="topbar-link">
              Leave run
            </Link>
          )}
        </>
      )}
      <span className="topbar-space" />
      {errors === 0 ? null : (
        <span className="topbar-issues">
          <AlertTriangle size={14} aria-hidden /> {errors === 1 ? '1 issue' : `${errors} issues`}
        </span>
      )}
    </header>
  );
}

/** Copies the run's own address. */
function CopyLink({ runId }: { readonly runId: string }): ReactElement {
  const [word, setWord] = useState('Copy link');
  const copy = (): void => {
    navigator.clipboard.writeText(new URL(runPath(runId), window.location.href).href).then(
      () => setWord('Copied'),
      () => setWord('The clipboard is off'),
    );
  };
  return (
    <button type="button" className="topbar-link" onClick={copy}>
      <Link2 size={14} aria-hidden /> {word}
    </button>
  );
}
