import { z } from 'zod';

/** A config field for a workflow: `#name` for one inside the document, otherwise the slug of a stored workflow. */
export const workflowField = z.string().max(128).default('').meta({
  basic: true,
  title: 'Workflow',
  description: '#name of a workflow inside this document, or the slug of a stored workflow.',
  widget: 'workflow',
});

/** The issue of a node without a workflow. */
export const noWorkflow = {
  field: 'workflow',
  message: 'No workflow is chosen.',
  fix: 'Choose a workflow, or create one inside this document and write #name.',
};
