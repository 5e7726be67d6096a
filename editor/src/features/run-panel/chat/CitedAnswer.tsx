import type { Citation } from '@heddle/core';
import type { ReactElement } from 'react';
import { AnswerText } from '../AnswerText.js';
import { CitationList } from '../CitationList.js';

const none: readonly Citation[] = [];

/** An answer of the chat with its sources. The marks of the latest one lead to them. */
export function CitedAnswer({
  text,
  citations,
  isLatest,
}: {
  readonly text: string;
  readonly citations: readonly Citation[];
  readonly isLatest: boolean;
}): ReactElement {
  return (
    <>
      <AnswerText text={text} citations={isLatest ? citations : none} />
      <CitationList citations={citations} isLinked={isLatest} />
    </>
  );
}
