import { createContext, useContext, type ReactElement } from 'react';
import { citationParts } from './citation-parts.js';

/** The numbers in square brackets that have a source beside the text; other numbers are plain text. */
export const CitedSources = createContext<((number: number) => boolean) | undefined>(undefined);

/** The text of an answer; its `[1]` link to their sources. */
export function CitedWords({ text }: { readonly text: string }): ReactElement {
  const isKnown = useContext(CitedSources);
  if (isKnown === undefined) return <>{text}</>;
  return (
    <>
      {citationParts(text, isKnown).map((part, index) =>
        part.kind === 'text' ? (
          part.text
        ) : (
          <a
            key={index}
            className="citation-mark centred-inline figure"
            href={`#source-${part.number}`}
            aria-label={`Source ${part.number}`}
          >
            {part.number}
          </a>
        ),
      )}
    </>
  );
}
