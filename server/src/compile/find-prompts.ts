import {
  promptsOfDocument,
  type FindPrompt,
  type PromptReference,
  type PromptStore,
  type StoredPromptVersion,
  type WorkflowDocument,
} from '@heddle/core';

/** Whether a document names prompts of the library. */
export const namesPrompts = (document: WorkflowDocument): boolean =>
  [document, ...Object.values(document.workflows ?? {})].some(({ nodes }) =>
    Object.values(nodes).some(({ prompts }) => prompts !== undefined),
  );

/** Reads the prompts that documents name, for a compilation, which does not wait. It finds no others. */
export async function findPrompts(
  prompts: Pick<PromptStore, 'resolve'>,
  project: string,
  documents: Iterable<WorkflowDocument>,
): Promise<FindPrompt> {
  const found = new Map<string, StoredPromptVersion | undefined>();
  for (const document of documents) {
    if (!namesPrompts(document)) continue;
    for (const { reference } of promptsOfDocument(document)) {
      const key = keyOf(reference);
      if (found.has(key)) continue;
      const version = await prompts.resolve(project, reference);
      found.set(key, version);
      // A document that is filled already names the version that it has.
      if (version !== undefined) found.set(keyOf({ prompt: reference.prompt, version: version.version }), version);
    }
  }
  return (reference) => found.get(keyOf(reference));
}

/** A label wins over the version beside it. */
const keyOf = ({ prompt, label, version }: Pick<PromptReference, 'prompt' | 'label' | 'version'>): string =>
  JSON.stringify(label === undefined ? [prompt, version] : [prompt, 'label', label]);
