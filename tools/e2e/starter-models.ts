import { LocalModelHub, defaultModelsFolder } from '@heddle/adapters/models';
import { tmpdir } from 'node:os';

/** Whether the starter models are on this machine. Without them, a suite prints this and is skipped. */
export async function hasStarterModels(): Promise<boolean> {
  const hub = new LocalModelHub({ modelsFolder: defaultModelsFolder(), dataFolder: tmpdir() });
  const states = await hub.list();
  await hub.close();
  return states
    .filter((state) => state.card.isStarter)
    .every((state) => state.status === 'ready' || state.status === 'loaded');
}

/** The reason why a suite with the starter models cannot run here; undefined if it can. */
export async function missingModels(): Promise<string | undefined> {
  return (await hasStarterModels()) ? undefined : 'the starter models are not on this machine; npm start fetches them';
}
