// Lets a child run from sources: they import each other as `./x.js`, but the file is `./x.ts`.
import { existsSync } from 'node:fs';
import { enableCompileCache, registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

// Most of the start of such a child is stripping the types of a hundred files. The cache does it once, not in each child.
enableCompileCache();

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (/^\.{1,2}\/.*\.js$/.test(specifier) && context.parentURL?.endsWith('.ts') === true) {
      const source = specifier.replace(/\.js$/, '.ts');
      if (existsSync(fileURLToPath(new URL(source, context.parentURL)))) return nextResolve(source, context);
    }
    return nextResolve(specifier, context);
  },
});
