import type { Issue } from '@heddle/core';
import { useCatalog, useDocument } from './session.js';
import { issueText, type IssueTexts } from '../document/index.js';

/** Returns a function that formats issues of the open workflow with the titles of nodes, ports and settings. */
export function useIssueText(): (issue: Issue) => IssueTexts {
  const document = useDocument((state) => state.document);
  const compiled = useDocument((state) => state.compiled);
  const byType = useCatalog((state) => state.byType);
  return (issue) => issueText(issue, { document, compiled }, byType);
}
