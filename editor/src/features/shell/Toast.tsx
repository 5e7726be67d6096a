import { useEffect, type ReactElement } from 'react';
import { useSession, useView } from '../session/index.js';
import styles from './frame.module.css';

const shownMs = 4000;
/** How long an error stays, which is longer than other messages. */
const refusalMs = 8000;

/** A short message about the last action or its error. It disappears by itself. */
export function Toast(): ReactElement {
  const { view } = useSession();
  const toast = useView((state) => state.toast);
  useEffect(() => {
    if (toast === undefined) return undefined;
    const timer = setTimeout(() => view.setState({ toast: undefined }), toast.isRefusal ? refusalMs : shownMs);
    return () => clearTimeout(timer);
  }, [toast, view]);
  return (
    <div className={styles['toast-area']} role="status" aria-live="polite">
      {toast === undefined ? null : (
        <p className={styles['toast']} data-refusal={toast.isRefusal || undefined}>
          {toast.text}
        </p>
      )}
    </div>
  );
}
