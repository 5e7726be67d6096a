import { useState, type ReactElement } from 'react';
import { visibleText } from '../markdown/visible-text.js';

const firstCharacters = 20_000;
const moreCharacters = 200_000;

/** A plain text. A long text is shown in parts, so that its layout never blocks the page. */
export function LongText({ text }: { readonly text: string }): ReactElement {
  const [most, setMost] = useState(firstCharacters);
  const shown = text.slice(0, most);
  return (
    <>
      <p className="answer value-text" dir="auto">
        {visibleText(shown)}
      </p>
      <MoreText shown={shown.length} all={text.length} onMore={() => setMost((before) => before + moreCharacters)} />
    </>
  );
}

/** Says how much of a text is shown, with a button for more. */
export function MoreText({
  shown,
  all,
  onMore,
}: {
  readonly shown: number;
  readonly all: number;
  readonly onMore: () => void;
}): ReactElement | null {
  if (shown >= all) return null;
  return (
    <p className="aligned-wrapped gap-8 small-text quiet">
      The first {shown.toLocaleString()} of {all.toLocaleString()} characters.{' '}
      <button type="button" className="button button-small" onClick={onMore}>
        Show more
      </button>
    </p>
  );
}
