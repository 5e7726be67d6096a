import { useEffect } from 'react';

/**
 * The title of the browser tab: the open item first, as a tab shows little, and the program last. The title stays while the name is not
 * known yet.
 */
export function useTitle(words: readonly string[] | undefined): void {
  const title = words === undefined ? undefined : [...words, 'Heddle'].join(' · ');
  useEffect(() => {
    if (title !== undefined) document.title = title;
  }, [title]);
}
