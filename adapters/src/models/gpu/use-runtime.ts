// Preloaded into a model host that uses a GPU: its llama.cpp library then comes from the runtime's own folder.
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
