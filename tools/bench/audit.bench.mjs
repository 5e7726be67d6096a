import { join } from 'node:path';
import { inTemporaryFolder } from './shared.mjs';

const clock = { now: () => Date.now(), at: () => () => undefined };
const batch = 10_000;

async function openAudit(folder) {
  const [{ openDatabase }, { createSqliteAudit }] = await Promise.all([
    import('@heddle/adapters/database'),
    import('@heddle/adapters/audit'),
  ]);
  const database = openDatabase(join(folder, 'heddle.db'));
  const audit = createSqliteAudit(database, {
    clock,
    keyFile: join(folder, 'secret.key'),
    anchorFile: join(folder, 'audit.head'),
  });
  return { audit, database };
}

/** A record of a model call, which is the longest kind. */
const modelCall = (number) => ({
  kind: 'model-call',
  who: 'key:k_0123456789abcdef',
  project: 'default',
  subject: `run:mwvf1t11e0c572129a${number}`,
  details: {
    workflow: '916803c6-dca2-4a8b-a6ab-ccb04aa6f0e4',
    version: 3,
    path: 'answer',
    attempt: 1,
    model: 'smollm2-135m',
    kind: 'generate',
    isLocal: true,
    parameters: { temperature: 0.2, maxTokens: 256 },
    promptHash: `sha256:${'a'.repeat(64)}`,
    outputHash: `sha256:${'b'.repeat(64)}`,
    label: { level: 'internal', marks: ['untrusted'] },
    ms: 812,
    usage: { inputTokens: 512, outputTokens: 128 },
    finishReason: 'stop',
  },
});

async function verified(count, progress) {
  return inTemporaryFolder(async (folder) => {
    const { audit, database } = await openAudit(folder);
    progress(`writing ${count} records`);
    for (let number = 0; number < count; number += batch)
      await audit.write(Array.from({ length: batch }, (_, at) => modelCall(number + at)));
    audit.anchor();
    progress('checking the chain');
    const begin = performance.now();
    const bad = await audit.verify();
    const seconds = (performance.now() - begin) / 1000;
    audit.close();
    database.close();
    if (bad !== undefined) throw new Error(`the chain is not whole: ${bad.reason}`);
    return seconds;
  });
}

export const cases = [
  {
    name: 'audit-verify-1m',
    title: 'the whole chain of 1,000,000 records of model calls is checked, with its anchor',
    run: async ({ progress }) => [
      { case: 'audit-verify-1m', unit: 's', samples: [await verified(1_000_000, progress)] },
    ],
  },
];
