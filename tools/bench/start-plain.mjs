// What server/bin/heddle.mjs does for `serve`, with what the compiler wrote in place of the bundle.
import { enableCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';

enableCompileCache(process.env.BENCH_COMPILED);
setFlagsFromString('--semi-space-growth-factor=1');
await import('../../server/dist/cli/main.js');
