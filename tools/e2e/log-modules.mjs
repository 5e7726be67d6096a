// Loaded into a Heddle process (`node --import`): appends the URL of each loaded module of a package to the file in MODULES_LOG.
import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

registerHooks({
  load(url, context, next) {
    if (url.includes('/node_modules/')) appendFileSync(process.env.MODULES_LOG, `${url}\n`);
    return next(url, context);
  },
});
