import { createContext, useContext, type ReactElement } from 'react';
import { citationParts } from '../format/citation-parts.js';

/** Which numbers in square brackets have a source beside the text; without it, they are words like others. */
export const CitedSources = createContext<((number: number) => boolean) | undefined>(undefined);

/** Words of an answer; its `[1]` lead to their sources. */
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
            className="citation-mark figure"
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
