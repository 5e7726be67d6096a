import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const collection = 'handbook';
/** The workflow that is imported at the first start; the others are offered as templates. */
const slug = 'ask-the-handbook';

/**
 * Imports the first workflow and its sample documents, only once for each data folder: what a user deletes later stays deleted. Returns
 * whether the samples are new and ready for questions.
 */
export async function loadSamples(heddle, progress, folder, hasModels) {
  if ((await heddle.workflows.list()).length > 0) return false;
  // `survey` does not fail if a store does not answer, because that must not prevent the start.
  if ((await heddle.collections.survey()).collections.length > 0) return false;
  const leave = async (reason) => {
    await importWorkflow(heddle, folder);
    progress.fail(
      `${reason} Import the sample documents later: npx --no-install heddle ingest ${collection} workflows/ask-the-handbook/handbook`,
    );
    return false;
  };
  if (!hasModels) return leave('The sample documents wait for these models.');
  progress.start('Documents', 'the sample handbook');
  try {
    await heddle.collections.create({ name: collection, embedding: 'all-minilm-l6-v2' });
  } catch (error) {
    if (error.code !== 'resource_unavailable' && !error.code?.startsWith('vector_store_')) throw error;
    return leave(error.message);
  }
  const { readFolder } = await import('@heddle/adapters/documents');
  const report = await heddle.collections.ingestNow(
    collection,
    { documents: readFolder([join(folder, 'ask-the-handbook', 'handbook')]), sync: false },
    {
      onProgress: (state) =>
        progress.update(
          `${state.done + state.unchanged} documents, ${state.passages} passages${state.current === undefined ? '' : `: ${state.current}`}`,
        ),
    },
  );
  if (report.failures.length > 0)
    throw new Error(
      `Sample documents failed: ${report.failures.map((failure) => `${failure.document}: ${failure.message}`).join('; ')}`,
    );
  progress.done(`${report.done} sample documents, ${report.passages} passages`);
  await importWorkflow(heddle, folder);
  return true;
}

/**
 * Imports the workflow with its tests. This is the last step, because the presence of a workflow means that the first start is complete.
 */
async function importWorkflow(heddle, folder) {
  const text = (name) => readFileSync(join(folder, slug, name), 'utf8');
  await heddle.workflows.create(text('workflow.json'), slug);
  if (existsSync(join(folder, slug, 'tests.jsonl')))
    await heddle.publishing.versions.setTests(slug, text('tests.jsonl'), { who: 'heddle' });
}
