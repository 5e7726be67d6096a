import { megabytes } from '../bootstrap/progress.mjs';

/**
 * Installs the llama.cpp runtime of this machine's graphics processor, where there is one and `HEDDLE_GPU` allows it. A machine
 * without one downloads nothing. A failure is told and Heddle goes on without it.
 */
export async function addGpuRuntime(settings, progress) {
  if (settings.gpu !== 'auto' && settings.gpu !== 'cuda' && settings.gpu !== 'vulkan') return;
  const { addRuntime, detectGpu, hasRuntime } = await import('@heddle/adapters/models');
  const kind = settings.gpu === 'auto' ? await detectGpu() : settings.gpu;
  if ((kind !== 'cuda' && kind !== 'vulkan') || hasRuntime(settings.dataFolder, kind)) return;
  progress.start('GPU runtime', `${kind}, about 600 MB, once for this data folder`);
  try {
    await addRuntime(kind, settings.dataFolder, ({ bytes }) => progress.update(`${kind}: ${megabytes(bytes)}`));
    progress.done(kind);
  } catch (error) {
    progress.fail(
      `The ${kind} runtime could not be installed: ${error.message}\nHeddle uses the processor. Try again later: npx --no-install heddle runtime add ${kind}`,
    );
  }
}
