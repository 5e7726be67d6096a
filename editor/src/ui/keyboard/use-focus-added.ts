import { useEffect, useRef, type RefObject } from 'react';

const fields = 'input, textarea, select, [contenteditable="true"]';

/**
 * Moves the focus to the first field of the item that was added to a list, once it is drawn. The items are the children of the list that
 * are no buttons.
 *
 * @example const { list, focusAdded } = useFocusAdded(); … onClick={() => { add(); focusAdded(); }}
 */
export function useFocusAdded(): { readonly list: RefObject<HTMLDivElement | null>; readonly focusAdded: () => void } {
  const list = useRef<HTMLDivElement>(null);
  const isAsked = useRef(false);
  useEffect(() => {
    if (!isAsked.current) return;
    isAsked.current = false;
    const added = [...(list.current?.children ?? [])].findLast((child) => !child.matches('button'));
    const field = added?.querySelector<HTMLElement>(fields);
    field?.focus();
    // The first letter replaces a suggested name.
    if (field instanceof HTMLInputElement) field.select();
  });
  return { list, focusAdded: () => void (isAsked.current = true) };
}
