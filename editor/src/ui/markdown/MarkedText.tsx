import type { Token } from 'marked';
import { createContext, Fragment, useContext, type ReactElement } from 'react';
import { CitedText } from './CitedText.js';
import { decodeEntities } from './decode-entities.js';
import type { Segment } from './mark-tokens.js';
import { visibleText } from './visible-text.js';

/** The tokens that contain marked text, for example of a search or a quote. */
export const MarkedTokens = createContext<ReadonlyMap<Token, readonly Segment[]> | undefined>(undefined);

/** The text of a token with its marks. Code is shown as it is. */
export function MarkedText({
  token,
  text,
  isCode = false,
}: {
  readonly token: Token;
  readonly text: string;
  readonly isCode?: boolean;
}): ReactElement {
  const segments = useContext(MarkedTokens)?.get(token) ?? [{ text, isMarked: false }];
  return (
    <>
      {segments.map((segment, index) => {
        const content = isCode ? (
          visibleText(segment.text)
        ) : (
          <CitedText text={visibleText(decodeEntities(segment.text))} />
        );
        return segment.isMarked ? <mark key={index}>{content}</mark> : <Fragment key={index}>{content}</Fragment>;
      })}
    </>
  );
}
