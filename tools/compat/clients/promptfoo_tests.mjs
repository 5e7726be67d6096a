// Reads a file of tests with promptfoo: runs the tests with its provider `echo` and writes how it understood each test. Usage: node
// promptfoo_tests.mjs FOLDER-OF-PROMPTFOO TESTS OUT
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [folder, tests, out] = process.argv.slice(2);
const promptfoo = createRequire(join(folder, 'package.json'))('promptfoo').default;
const suite = { prompts: ['{{question}}'], providers: ['echo'], tests: `file://${tests}`, writeLatestResults: false };
const done = await promptfoo.evaluate(suite, { cache: false, maxConcurrency: 1 });
const { results } = await done.toEvaluateSummary();
writeFileSync(
  out,
  JSON.stringify(
    results.map(({ vars, success, testCase: { assert, metadata } }) => ({ vars, success, assert, metadata })),
  ),
);
