import { parseDocument, type WorkflowDocument, type WorkflowReply } from '@heddle/core';
import { client } from '../../data/api/client.js';
import { ApiError, toApiError } from '../../data/http/http.js';

/** A minimal workflow that returns its input and can run at once. */
const firstDocument: WorkflowDocument = parseDocument({
  heddle: 2,
  name: 'New workflow',
  nodes: {
    input: { type: 'input', version: 1, config: { fields: [{ name: 'text', title: 'Text', type: 'Text' }] } },
    output: { type: 'output', version: 1, config: { fields: [{ name: 'text', title: 'Text', type: 'Text' }] } },
  },
  edges: [{ from: 'input.text', to: 'output.text' }],
  layout: { nodes: { input: [0, 0], output: [400, 0] } },
});

/** Stores a new workflow. Rejects with an ApiError. */
export function createFirst(): Promise<WorkflowReply> {
  return client.POST('/api/workflows', { body: { document: firstDocument } });
}

/** Stores a copy of a workflow under a new name. Rejects with an ApiError. */
export async function duplicateWorkflow(id: string): Promise<void> {
  const { document } = await client.GET('/api/workflows/{id}', { params: { path: { id } } });
  await client.POST('/api/workflows', { body: { document: { ...document, name: copyName(document.name) } } });
}

/** The name of a copy: `Digest` gives `Digest (copy)`, which gives `Digest (copy 2)`. */
export function copyName(name: string): string {
  const match = /^(.*) \(copy(?: (\d+))?\)$/.exec(name);
  return match === null ? `${name.slice(0, 190)} (copy)` : `${match[1] ?? ''} (copy ${Number(match[2] ?? '1') + 1})`;
}

/**
 * Renames a workflow and changes nothing else. Rejects with an ApiError, `conflict` if someone else saves the workflow at the same time.
 */
export async function renameWorkflow(id: string, name: string): Promise<void> {
  const { document, revision } = await client.GET('/api/workflows/{id}', { params: { path: { id } } });
  await client.PUT('/api/workflows/{id}', {
    params: { path: { id } },
    body: { document: { ...document, name } },
    headers: { 'if-match': `"${revision}"` },
  });
}

const mostBytes = 20_000_000;

/** Stores the workflow of a file. Rejects with an ApiError that says what is wrong with the file. */
export async function importFile(file: Pick<File, 'name' | 'size' | 'text'>): Promise<WorkflowReply> {
  if (file.size > mostBytes)
    throw new ApiError('document_unreadable', `${file.name} is too large. A workflow file has at most 20 MB.`, 0);
  return client.POST('/api/workflows', { body: { document: readDocument(file.name, await file.text()) } });
}

function readDocument(name: string, text: string): WorkflowDocument {
  try {
    return parseDocument(text);
  } catch (error) {
    throw new ApiError('document_unreadable', `${name}: ${toApiError(error).message}`, 0);
  }
}
