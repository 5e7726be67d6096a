import { useMemo, useState, type ReactElement } from 'react';
import { textOf } from '../format/text-of.js';
import { MoreText } from './LongText.js';
import { visibleText } from '../markdown/visible-text.js';

const firstCharacters = 20_000;
const moreCharacters = 100_000;

/** A value as JSON. Long JSON is shown in parts. */
export function JsonText({ value }: { readonly value: unknown }): ReactElement {
  const [most, setMost] = useState(firstCharacters);
  const text = useMemo(() => textOf(value), [value]);
  const shown = text.slice(0, most);
  return (
    <>
      <pre className="output-json mono" tabIndex={0} aria-label="JSON">
        {visibleText(shown)}
      </pre>
      <MoreText shown={shown.length} all={text.length} onMore={() => setMost((before) => before + moreCharacters)} />
    </>
  );
}
