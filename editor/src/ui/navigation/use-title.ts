import { useEffect } from 'react';

/**
 * Sets the title of the browser tab: the open item first, because a tab shows little, and the program last. The title stays as it is until
 * the name is known.
 */
export function useTitle(parts: readonly string[] | undefined): void {
  const title = parts === undefined ? undefined : [...parts, 'Heddle'].join(' · ');
  useEffect(() => {
    if (title !== undefined) document.title = title;
  }, [title]);
}
