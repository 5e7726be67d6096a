import { errorCodes, isErrorCode, type ErrorValue } from '@heddle/core';
import type { ReactElement } from 'react';
import { errorLink } from './error-links.js';
import { titleOfNode } from '../document/index.js';
import { Link } from '../../ui/navigation/Link.js';
import { isNested, nodeOf } from '../run/index.js';
import { useCatalog, useDocument, useSession } from '../session/index.js';
import { selectNodes } from '../view/index.js';

/**
 * Why and where a run failed and what to do: the title of the error code, the message with its fix, the node, and a link to the page where
 * the cause can be changed.
 */
export function RunFailure({
  error,
  isAlone = false,
}: {
  readonly error: ErrorValue | undefined;
  readonly isAlone?: boolean;
}): ReactElement {
  if (error === undefined) return <p className="failure">The run failed without a reason.</p>;
  const title = isErrorCode(error.code) ? errorCodes[error.code].title : 'The run failed';
  const link = isAlone ? errorLink(error) : undefined;
  return (
    <div className="failure" role="alert">
      <p className="failure-title">{title}</p>
      <p>{error.message}</p>
      <p className="quiet">
        {error.path === undefined ? null : (
          <>
            At <FailedNode path={error.path} />.{' '}
          </>
        )}
        <span className="mono">{error.code}</span>
        {error.retryable ? ' · a retry may help' : ''}
      </p>
      {link === undefined ? null : (
        <Link href={link.href} className="button">
          {link.text}
        </Link>
      )}
    </div>
  );
}

/** The failed node, as a link if it is on this canvas. */
function FailedNode({ path }: { readonly path: string }): ReactElement {
  const { view } = useSession();
  const id = nodeOf(path);
  const isHere = useDocument((state) => !isNested(path) && state.document?.nodes[id] !== undefined);
  const byType = useCatalog((state) => state.byType);
  const title = useDocument((state) => titleOfNode(state, byType, id));
  if (!isHere) return <>{path}</>;
  return (
    <button
      type="button"
      className="text-link"
      onClick={() => {
        selectNodes(view, [id]);
        view.getState().canvas?.focus(id);
      }}
    >
      {title}
    </button>
  );
}
