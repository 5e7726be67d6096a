import { megabytes } from '../bootstrap/progress.mjs';

/**
 * Installs the llama.cpp runtime for this machine's graphics processor, if it has one and `HEDDLE_GPU` allows it. A machine without one
 * downloads nothing. After a failure, prints it, and Heddle runs without the runtime.
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
