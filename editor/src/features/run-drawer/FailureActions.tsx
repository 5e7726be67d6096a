import type { ErrorValue } from '@heddle/core';
import { useContext, type ReactElement } from 'react';
import { Link } from '../../ui/navigation/Link.js';
import { nodeOf, ScopeContext, useRunHead } from '../run/index.js';
import { allCommands } from '../commands/index.js';
import { useDocument, useSession } from '../session/index.js';
import { errorLink } from '../executions/index.js';
import { focusField, selectNodes } from '../view/index.js';

/** The run settings for the timeouts with which a node can fail, by error code. */
const deadlines: Readonly<Record<string, string>> = { node_timeout: 'run.wallMs', node_idle: 'run.idleMs' };

/** Actions for a failed execution. */
export function FailureActions({
  path,
  error,
}: {
  readonly path: string;
  readonly error: ErrorValue;
}): ReactElement | null {
  const { commands, view } = useSession();
  const head = useRunHead();
  const isInside = useContext(ScopeContext) !== '';
  const isDraft = useDocument((state) => state.origin.kind === 'draft' && state.id !== undefined);
  const link = errorLink(error);
  if (head?.isEnded !== true || isInside)
    return link === undefined ? null : (
      <div className="request-actions">
        <Link href={link.href} className="button">
          {link.text}
        </Link>
      </div>
    );
  const deadline = deadlines[error.code];
  const run = (id: string): void => void allCommands.find((command) => command.id === id)?.run(commands);
  const onNode = (id: string): void => {
    selectNodes(view, [nodeOf(path)]);
    run(id);
  };
  return (
    <div className="request-actions">
      {link === undefined ? null : (
        <Link href={link.href} className="button">
          {link.text}
        </Link>
      )}
      {isDraft ? (
        <button
          type="button"
          className="button"
          onClick={() => run('retry-draft')}
          data-tip="Starts a new run of the draft: results of unchanged nodes are reused, the rest runs"
        >
          Retry with this draft
        </button>
      ) : null}
      <button
        type="button"
        className="button"
        onClick={() => run('resume-run')}
        data-tip="Starts a new run of the workflow as it was: completed results are reused, the rest runs"
      >
        Retry as it was
      </button>
      {deadline === undefined ? (
        <button type="button" className="button" onClick={() => onNode('settings')}>
          Open settings
        </button>
      ) : (
        <button type="button" className="button" onClick={() => focusField(view, nodeOf(path), deadline)}>
          Change timeout
        </button>
      )}
      {error.retryable ? null : (
        <button type="button" className="button" onClick={() => onNode('edit-output')}>
          Edit output
        </button>
      )}
    </div>
  );
}
