import type { Issue } from '@heddle/core';
import type { ReactElement } from 'react';
import { useIssueText } from '../session/index.js';
import { FixText } from '../../ui/states/FixText.js';

/** The message of an issue beside its field, and what to do. */
export function IssueText({ issue }: { readonly issue: Issue }): ReactElement {
  const { message, fix } = useIssueText()(issue);
  return (
    <>
      {message} {fix === undefined ? null : <FixText text={fix} />}
    </>
  );
}
