// `npm run audit`: asks the registry for advisories about the production packages (`npm audit --omit=dev`) and compares them with
// tools/audit/explained.json, which explains each advisory that is accepted. Exit codes: 0 if every advisory is explained, 1 if one is not
// (or its explanation has expired), 2 if the registry gave no answer. `--folder DIR` and `--explained FILE` check another folder or use
// another file.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { queryRegistry } from './audit/query-registry.mjs';
import { judgeFindings } from './audit/judge-findings.mjs';
import { root } from './bootstrap/repository.mjs';

const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: root },
    explained: { type: 'string', default: join(root, 'tools', 'audit', 'explained.json') },
  },
});
const explained = JSON.parse(readFileSync(values.explained, 'utf8'));
const answer = queryRegistry(values.folder);

if (answer.findings === undefined) {
  process.stderr.write(
    `The registry gave no advisories, so nothing is known of them: ${answer.problem}\nRun it where the registry has them, such as with --registry of a public one.\n`,
  );
  process.exitCode = 2;
} else {
  const { open, known, stale } = judgeFindings(answer.findings, explained, new Date());
  for (const { finding, why } of known) process.stdout.write(`explained: ${text(finding)}: ${why}\n`);
  for (const { advisory } of stale)
    process.stdout.write(`no longer reported: ${advisory}: take it out of explained.json\n`);
  for (const { finding, problem } of open) process.stderr.write(`${text(finding)}: ${problem}\n`);
  process.stdout.write(`${answer.findings.length} findings, ${open.length} not explained\n`);
  if (open.length > 0) {
    process.stderr.write('Update the package, or explain it in tools/audit/explained.json.\n');
    process.exitCode = 1;
  }
}

function text({ advisory, name, severity, title }) {
  return `${advisory} ${name} (${severity}) ${title}`;
}
