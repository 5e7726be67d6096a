import { useEffect, type ReactElement } from 'react';
import { useSession, useView } from '../session.js';

const shownMs = 4000;
/** What did not work is read more slowly. */
const refusalMs = 8000;

/** A short word about what just happened, or why it could not; it goes by itself. */
export function Toast(): ReactElement {
  const { view } = useSession();
  const toast = useView((state) => state.toast);
  useEffect(() => {
    if (toast === undefined) return undefined;
    const timer = setTimeout(() => view.setState({ toast: undefined }), toast.isRefusal ? refusalMs : shownMs);
    return () => clearTimeout(timer);
  }, [toast, view]);
  return (
    <div className="toast-place" role="status" aria-live="polite">
      {toast === undefined ? null : (
        <p className="toast" data-refusal={toast.isRefusal || undefined}>
          {toast.text}
        </p>
      )}
    </div>
  );
}
