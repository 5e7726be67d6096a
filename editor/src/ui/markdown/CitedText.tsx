import { createContext, Fragment, useContext, type ReactElement, type ReactNode } from 'react';
import { citationParts } from './citation-parts.js';

/** Renders the mark of a source from its number in the text. Undefined if there is no such source; the number is then plain text. */
export type MarkSource = (number: number) => ReactNode | undefined;
export const CitedSources = createContext<MarkSource | undefined>(undefined);

/** The text of an answer with a mark for each `[1]` that has a source. */
export function CitedText({ text }: { readonly text: string }): ReactElement {
  const mark = useContext(CitedSources);
  if (mark === undefined) return <>{text}</>;
  return (
    <>
      {citationParts(text, (number) => mark(number) !== undefined).map((part, index) => (
        <Fragment key={index}>{part.kind === 'text' ? part.text : mark(part.number)}</Fragment>
      ))}
    </>
  );
}
