// Preloaded into a model host that uses a GPU, so that node-llama-cpp is loaded from the folder of the GPU runtime.
import { registerHooks } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = process.env['HEDDLE_RUNTIME'];
if (folder !== undefined) {
  const parentURL = pathToFileURL(path.join(folder, 'package.json')).href;
  registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier, specifier === 'node-llama-cpp' ? { ...context, parentURL } : context),
  });
}
