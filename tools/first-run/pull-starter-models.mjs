import { tmpdir } from 'node:os';
import { megabytes } from '../bootstrap/progress.mjs';

/** Downloads missing starter models into the models folder, which all data folders share. */
export async function pullStarterModels(progress) {
  const { LocalModelHub, defaultModelsFolder } = await import('@heddle/adapters/models');
  const hub = new LocalModelHub({ modelsFolder: defaultModelsFolder(), dataFolder: tmpdir() });
  try {
    await pullMissing(hub, progress);
  } finally {
    await hub.close();
  }
}

/**
 * Downloads missing models through a model hub. Returns the ids of models whose download failed, after printing the reasons. `hub` needs
 * `list()` and `pull(id, { onProgress })`.
 */
export async function pullMissing(hub, progress) {
  const failed = [];
  const missing = (await hub.list()).filter(
    (state) => state.card.isStarter && state.status !== 'ready' && state.status !== 'loaded',
  );
  for (const { card } of missing) {
    progress.start('Model', `${card.title}, ${card.licence}`);
    try {
      await hub.pull(card.id, { onProgress: (state) => progress.update(describe(card, state)) });
      progress.done(card.title);
    } catch (error) {
      failed.push(card.id);
      progress.fail(
        `The model '${card.id}' could not be fetched: ${error.message}\nHeddle starts without it. Fetch it later: npx --no-install heddle models pull ${card.id}`,
      );
    }
  }
  return failed;
}

function describe(card, { stage, source, bytes, total }) {
  const from = source.split(':')[0];
  if (stage === 'connect') return `${card.title}: asking ${from}`;
  if (stage === 'verify') return `${card.title}: checking`;
  return `${card.title}: ${megabytes(bytes)}${total === undefined ? '' : ` of ${megabytes(total)}`} from ${from}`;
}
