import { useEffect, useRef, type RefObject } from 'react';

const fields = 'input, textarea, select, [contenteditable="true"]';

/**
 * Moves the focus to the first field of an item that was added to a list, once it is rendered. The items are the list's children that are
 * not buttons.
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
    // Typing then replaces a suggested name.
    if (field instanceof HTMLInputElement) field.select();
  });
  return { list, focusAdded: () => void (isAsked.current = true) };
}
