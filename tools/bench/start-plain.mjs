// As server/bin/heddle.mjs, with the output of the compiler instead of the bundle.
import { enableCompileCache } from 'node:module';

enableCompileCache(process.env.BENCH_COMPILED);
await import('../../server/dist/cli/main.js');
