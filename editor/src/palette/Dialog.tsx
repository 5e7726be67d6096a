import { X } from 'lucide-react';
import { useLayoutEffect, useRef, type ReactElement, type ReactNode } from 'react';

/** What one begins with: a field, else a choice, else what is there to be copied, else the first button at its foot, which harms nothing. */
const firsts = [
  'input:not([type=radio], [type=checkbox], [hidden]), textarea, select',
  'input[type=checkbox]',
  '.copy-text button',
  '.dialog-actions button',
];

/**
 * A modal dialog; Escape and a click beside it close it, the focus comes back to where it was. One that shows something this once is
 * closed by its own button alone.
 */
export function Dialog({
  title,
  isShownOnce = false,
  onClose,
  children,
}: {
  readonly title: string;
  readonly isShownOnce?: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  // Closed while it is still there: the browser gives the focus back from a dialog of the page, and not from one that was taken away.
  useLayoutEffect(() => {
    const shown = dialog.current;
    const menuButton = buttonOfMenu(document.activeElement);
    shown?.showModal();
    // One goes on with what there is to do, and not with the way out.
    for (const first of firsts) {
      const found = shown?.querySelector<HTMLElement>(first);
      found?.focus();
      if (found) break;
    }
    return () => {
      shown?.close();
      // The entry of a menu is gone by then: what opened the menu is where one was.
      const now = document.activeElement;
      if (now === document.body || shown?.contains(now) === true) menuButton?.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-label={title}
      // The key is kept from the browser, which would close a dialog at the second press whatever its page says.
      onKeyDown={(event) => isShownOnce && event.key === 'Escape' && event.preventDefault()}
      onCancel={(event) => (isShownOnce ? event.preventDefault() : onClose())}
      onPointerDown={(event) => !isShownOnce && event.target === event.currentTarget && onClose()}
    >
      <header className="dialog-head">
        <h2>{title}</h2>
        {isShownOnce ? null : (
          <button type="button" className="icon-button" onClick={onClose} aria-label="Close">
            <X size={16} aria-hidden />
          </button>
        )}
      </header>
      {children}
    </dialog>
  );
}

/** The button of the menu that an element stands in. */
function buttonOfMenu(element: Element | null): HTMLElement | null {
  const name = element?.closest('[role=menu]')?.getAttribute('aria-labelledby');
  return name == null ? null : document.getElementById(name);
}
