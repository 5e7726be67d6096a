// Loaded before a process of Heddle (node --import): writes the address of each module of a package that is loaded to the file that
// MODULES_LOG names.
import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

registerHooks({
  load(url, context, next) {
    if (url.includes('/node_modules/')) appendFileSync(process.env.MODULES_LOG, `${url}\n`);
    return next(url, context);
  },
});
