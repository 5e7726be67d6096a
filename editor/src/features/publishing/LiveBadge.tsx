import clsx from 'clsx';
import { diffDocuments } from '@heddle/core';
import { ChevronDown } from 'lucide-react';
import { useDeferredValue, useMemo, type ReactElement } from 'react';
import { lazyMenu, useLazyMenu } from '../../ui/dialogs/use-lazy-menu.js';
import { useDocument } from '../session/index.js';
import { CanaryText } from './CanaryText.js';
import { useVersions } from './versions-store.js';
import styles from './publishing.module.css';

/** The menu of the badge, loaded on demand. */
export const liveMenu = lazyMenu(() => import('./LiveMenu.js').then(({ LiveMenu }) => LiveMenu));

/** A badge that compares the draft with the live version, and links to versions, tests and API. */
export function LiveBadge(): ReactElement {
  const id = useDocument((state) => state.id);
  const { reply, live } = useVersions(id);
  const isChanged = useIsChanged();
  const { Menu, start, placeholder } = useLazyMenu(liveMenu);
  const text = (
    <>
      <span className="live-dot" aria-hidden />
      {reply?.live === undefined ? 'Draft' : `Live: version ${reply.live.version}`}
      <CanaryText live={reply?.live} />
      {live !== undefined && isChanged ? (
        <span className={clsx('quiet', styles['badge-changed'])}> · unpublished changes</span>
      ) : null}
      <ChevronDown size={12} aria-hidden />
    </>
  );
  if (Menu !== undefined)
    return (
      <Menu start={start} version={reply?.live?.version} isChanged={isChanged}>
        {text}
      </Menu>
    );
  return (
    <button
      {...placeholder}
      className="badge badge-live"
      data-live={reply?.live !== undefined || undefined}
      aria-haspopup="menu"
    >
      {text}
    </button>
  );
}

/** Whether the saved draft differs from the live version. */
function useIsChanged(): boolean {
  const id = useDocument((state) => state.id);
  const saved = useDeferredValue(useDocument((state) => state.saved));
  const { live } = useVersions(id);
  return useMemo(
    () => live !== undefined && saved !== undefined && !diffDocuments(live.bundle.document, saved).isSame,
    [live, saved],
  );
}
