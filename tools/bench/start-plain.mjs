// Starts Heddle like server/bin/heddle.mjs, but with the output of the compiler instead of the bundle.
import { enableCompileCache } from 'node:module';

enableCompileCache(process.env.BENCH_COMPILED);
await import('../../server/dist/cli/main.js');
