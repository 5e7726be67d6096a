import clsx from 'clsx';
import { Suspense, useEffect, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { rightsUnknown, useKnownMay } from '../../data/access/me-store.js';
import { lazyPage } from '../../ui/navigation/lazy-page.js';
import { useDocument } from '../session/index.js';
import { publishDialog } from './publish-dialog.js';
import { useVersions, useVersionsRead } from './versions-store.js';
import styles from './publishing.module.css';

const PublishDialog = lazyPage(() => import('./PublishDialog.js').then(({ PublishDialog: dialog }) => dialog));

/** The button that publishes the draft. */
export function PublishButton(): ReactElement | null {
  const id = useDocument((state) => state.id);
  const isDraft = useDocument((state) => state.document !== undefined && state.origin.kind === 'draft');
  const mayPublish = useKnownMay('workflow:publish');
  useVersionsRead(isDraft ? id : undefined);
  const { reply } = useVersions(id);
  const isOpen = useStore(publishDialog, (state) => state.isOpen);
  useEffect(() => () => publishDialog.setState({ isOpen: false }), [id]);
  const mayEdit = useKnownMay('workflow:write');
  // Users who may edit but not publish learn from the button which role can. Users who may only read do not see it.
  if (!isDraft || (mayPublish === false && mayEdit === false)) return null;
  const next = (reply?.versions[0]?.version ?? 0) + 1;
  return (
    <>
      <button
        type="button"
        className={clsx('button', styles['publish-button'], 'topbar-button')}
        disabled={mayPublish !== true}
        aria-busy={mayPublish === undefined || undefined}
        data-tip={
          mayPublish === undefined
            ? rightsUnknown
            : mayPublish
              ? undefined
              : 'Publishing needs the role approver or owner'
        }
        onClick={() => publishDialog.setState({ isOpen: true })}
      >
        {reply === undefined ? 'Publish' : `Publish version ${next}`}
      </button>
      {isOpen ? (
        <Suspense fallback={null}>
          <PublishDialog onClose={() => publishDialog.setState({ isOpen: false })} />
        </Suspense>
      ) : null}
    </>
  );
}
