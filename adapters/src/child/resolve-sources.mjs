// Lets a child run from sources: they import each other as `./x.js`, the file behind that name is `./x.ts`.
import { existsSync } from 'node:fs';
import { enableCompileCache, registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

// Taking the types out of a hundred files is most of what such a child does before it works: it is done once, not in each.
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
