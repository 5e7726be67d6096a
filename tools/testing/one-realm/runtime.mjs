import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import JestRuntime from 'jest-runtime';
import OneRealmEnvironment from './environment.mjs';
import { bindGlobals } from './globals.mjs';
import { installModuleHooks } from './module-hooks.mjs';

const require = createRequire(import.meta.url);
const asModules = { supportsStaticESM: true, supportsDynamicImport: true, supportsTopLevelAwait: true };

/** Where the source map of each transformed file lies. Files that several specs share are transformed once: their maps outlast a runtime. */
const sourceMaps = new Map();

/** The transformer of the spec file that runs. */
let transformer;

installModuleHooks((path) => {
  const { code, sourceMapPath } = transformer.transform(path, asModules);
  if (sourceMapPath !== null) for (const name of [path, pathToFileURL(path).href]) sourceMaps.set(name, sourceMapPath);
  return code;
});

/**
 * Jest's runtime on Node's own module loader: a worker loads each module once for all of its spec files, where Jest would read, compile and run it anew for
 * each of them. That was half of what the unit tests took. Specs neither replace modules nor keep state in them.
 */
class OneRealmRuntime extends JestRuntime {
  constructor(...options) {
    const { getBuiltinModule } = process;
    super(...options);
    // It is of the environment that Jest thinks to be another.
    process.getBuiltinModule = getBuiltinModule;
    [, , , transformer] = options;
  }

  unstable_shouldLoadAsEsm() {
    return true;
  }

  async unstable_importModule(path) {
    return import(pathToFileURL(path).href);
  }

  /** Jest's framework keeps its state in its module, so it is loaded anew for each file. */
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

/** The runtime of a spec file. One that asks for an environment of its own, say a document, gets modules of its own as well. */
function createRuntime(...options) {
  const [, environment] = options;
  return environment instanceof OneRealmEnvironment ? new OneRealmRuntime(...options) : new JestRuntime(...options);
}

// Jest requires this file, and calls what it gets with `new`.
export { createRuntime as 'module.exports' };
