import type { Issue } from '@heddle/core';
import type { ReactElement } from 'react';
import { useIssueWords } from '../session/index.js';
import { FixWords } from '../../ui/states/FixWords.js';

/** The message of an issue beside its field, and what to do. */
export function IssueText({ issue }: { readonly issue: Issue }): ReactElement {
  const { message, fix } = useIssueWords()(issue);
  return (
    <>
      {message} {fix === undefined ? null : <FixWords text={fix} />}
    </>
  );
}
