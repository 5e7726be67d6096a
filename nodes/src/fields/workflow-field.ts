import { z } from 'zod';

/** The workflow that a node runs: `#name` inside the document, else the short name of a stored one. */
export const workflowField = z.string().max(128).default('').meta({
  title: 'Workflow',
  description: '#name of a workflow inside this document, or the short name of a stored one.',
  widget: 'workflow',
});

/** The issue of a node that names no workflow. */
export const noWorkflow = {
  field: 'workflow',
  message: 'No workflow is chosen.',
  fix: 'Choose one, or make one inside this document and name it with #.',
};
