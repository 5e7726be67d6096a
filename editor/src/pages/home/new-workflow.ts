import { parseDocument, type WorkflowDocument, type WorkflowReply } from '@heddle/core';
import { api } from '../../api/api.js';
import { ApiError, toApiError } from '../../api/http.js';

/** A workflow to begin with: a question that is given back, ready to run and to be taken apart. */
export const firstDocument: WorkflowDocument = parseDocument({
  heddle: 1,
  name: 'New workflow',
  nodes: {
    input: { type: 'input', version: 1, config: { fields: [{ name: 'text', title: 'Text', type: 'Text' }] } },
    output: { type: 'output', version: 1, config: { fields: [{ name: 'text', title: 'Text', type: 'Text' }] } },
  },
  edges: [{ from: 'input.text', to: 'output.text' }],
  layout: { nodes: { input: [0, 0], output: [400, 0] } },
});

/** Stores a new workflow. Errors: ApiError. */
export function createFirst(): Promise<WorkflowReply> {
  return api.createWorkflow(firstDocument);
}

const mostBytes = 20_000_000;

/** Stores the workflow of a file. Errors: ApiError, with what is wrong with the file. */
export async function importFile(file: Pick<File, 'name' | 'size' | 'text'>): Promise<WorkflowReply> {
  if (file.size > mostBytes) throw new ApiError('document_unreadable', `${file.name} is larger than 20 MB, too large for a workflow.`, 0);
  return api.createWorkflow(readDocument(file.name, await file.text()));
}

function readDocument(name: string, text: string): WorkflowDocument {
  try {
    return parseDocument(text);
  } catch (error) {
    throw new ApiError('document_unreadable', `${name}: ${toApiError(error).message}`, 0);
  }
}
