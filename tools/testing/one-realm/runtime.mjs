import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import JestRuntime from 'jest-runtime';
import OneRealmEnvironment from './environment.mjs';
import { bindGlobals } from './globals.mjs';
import { installModuleHooks } from './module-hooks.mjs';

const require = createRequire(import.meta.url);
const asModules = { supportsStaticESM: true, supportsDynamicImport: true, supportsTopLevelAwait: true };

/** The source maps of transformed files, by path. Files that several specs share are transformed once, so the maps outlast a runtime. */
const sourceMaps = new Map();

/** The transformer of the current spec file. */
let transformer;

installModuleHooks((path) => {
  const { code, sourceMapPath } = transformer.transform(path, asModules);
  if (sourceMapPath !== null) for (const name of [path, pathToFileURL(path).href]) sourceMaps.set(name, sourceMapPath);
  return code;
});

/**
 * Jest's runtime on top of Node's own module loader. A worker loads each module once for all of its spec files, while Jest would read,
 * compile and run it again for each of them, which took half of the time of the unit tests. Specs must not replace modules or keep state in
 * them.
 */
class OneRealmRuntime extends JestRuntime {
  constructor(...options) {
    const { getBuiltinModule } = process;
    super(...options);
    // Restored, because the constructor replaces it for what Jest believes to be another context.
    process.getBuiltinModule = getBuiltinModule;
    [, , , transformer] = options;
  }

  unstable_shouldLoadAsEsm() {
    return true;
  }

  async unstable_importModule(path) {
    return import(pathToFileURL(path).href);
  }

  /** Jest's framework keeps state in its module, so it is loaded anew for each file. */
  requireInternalModule(path) {
    delete require.cache[path];
    return require(path);
  }

  setGlobalsForRuntime(globals) {
    bindGlobals({ ...globals, jest: this.jestGlobals.jestObjectFor(this._testPath) });
  }

  getSourceMaps() {
    return sourceMaps;
  }
}

/** Creates the runtime of a spec file. A file that needs an environment of its own, such as a document, also gets its own modules. */
function createRuntime(...options) {
  const [, environment] = options;
  return environment instanceof OneRealmEnvironment ? new OneRealmRuntime(...options) : new JestRuntime(...options);
}

// Jest loads this file with `require` and calls the result with `new`.
export { createRuntime as 'module.exports' };
