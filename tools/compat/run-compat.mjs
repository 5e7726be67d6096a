import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fineTuneCase } from './fine-tune-case.mjs';
import { adapterCases, startLlamaServer } from './adapter-cases.mjs';
import { bucketCases } from './bucket-cases.mjs';
import { clusterCases } from './cluster-cases.mjs';
import { clusterWorkerCases } from './cluster-worker-cases.mjs';
import { channelCases, startHeddle } from './channel-cases.mjs';
import { contractCase } from './contract-case.mjs';
import { datasetCases } from './dataset-cases.mjs';
import { documentCases } from './document-cases.mjs';
import { manifestCases } from './manifest-cases.mjs';
import { mcpCases } from './mcp-cases.mjs';
import { oidcCase } from './oidc-case.mjs';
import { parserServices } from './parsers/parser-services.mjs';
import { piiCase } from './pii-case.mjs';
import { searchCase } from './search-case.mjs';
import { serviceCases } from './service-cases.mjs';
import { storeCases } from './store-cases.mjs';

/** All cases, adapters first. */
export const compatCases = [
  ...[
    ...adapterCases,
    ...storeCases,
    searchCase,
    ...clusterCases,
    ...clusterWorkerCases,
    ...bucketCases,
    ...manifestCases,
    ...channelCases,
    ...mcpCases,
    oidcCase,
    contractCase,
    ...datasetCases,
    ...documentCases,
    ...parserServices,
    ...serviceCases,
    fineTuneCase,
    piiCase,
  ],
];

/** Runs the cases and prints the results; returns the exit code. */
export async function runCompat(wanted, isJson) {
  const unknown = wanted.filter((name) => !compatCases.some((entry) => entry.name === name));
  if (unknown.length > 0) {
    const names = compatCases.map(({ name }) => name).join(', ');
    process.stderr.write(`No such case: ${unknown.join(', ')}. There are: ${names}\n`);
    return 2;
  }
  const chosen = wanted.length === 0 ? compatCases : compatCases.filter(({ name }) => wanted.includes(name));
  const folder = mkdtempSync(join(tmpdir(), 'heddle-compat-'));
  const shared = {};
  const results = [];
  try {
    for (const entry of chosen) results.push(...(await runCase(entry, folder, shared)));
  } finally {
    await shared.llama?.close?.();
    await shared.heddle?.close?.();
    rmSync(folder, { recursive: true, force: true });
  }
  return print(results, isJson);
}

async function runCase(entry, folder, shared) {
  const results = [];
  const note = (name, outcome, detail) => {
    results.push({ case: entry.name, name, outcome, ...(detail === undefined ? {} : { detail }) });
    process.stderr.write(
      `  ${outcome === 'passed' ? '✓' : outcome === 'skipped' ? '-' : '✗'} ${name}${detail === undefined ? '' : `: ${detail}`}\n`,
    );
  };
  const report = async (name, work) => {
    try {
      await work();
      note(name, 'passed');
    } catch (error) {
      note(name, 'failed', String(error.message ?? error).slice(0, 600));
    }
  };
  process.stderr.write(`${entry.title}\n`);
  let partner;
  try {
    if (entry.isChannel === true) shared.heddle ??= await startHeddle(folder);
    else if (entry.isAlone === true) shared.weights ??= await starterWeights();
    else if (entry.isPlain !== true) {
      shared.llama ??= await startLlamaServer(await starterWeights());
      if (shared.llama.skip !== undefined) return (note('all', 'skipped', shared.llama.skip), results);
    }
    partner = await entry.needs?.(shared.llama, folder);
    if (partner?.skip !== undefined) return (note('all', 'skipped', partner.skip), results);
    await entry.run({ ...shared, partner, folder, report });
  } catch (error) {
    note('all', 'failed', String(error.message ?? error).slice(0, 1_000));
  } finally {
    await partner?.close?.();
  }
  return results;
}

async function starterWeights() {
  const { defaultModelsFolder } = await import('@heddle/adapters/models');
  const folder = join(defaultModelsFolder(), 'smollm2-135m');
  const file = existsSync(folder) ? readdirSync(folder).find((name) => name.endsWith('.gguf')) : undefined;
  if (file === undefined) throw new Error('the starter model is not here: npm start fetches it');
  return join(folder, file);
}

function print(results, isJson) {
  const count = (outcome) => results.filter((result) => result.outcome === outcome).length;
  if (isJson) process.stdout.write(`${JSON.stringify(results, undefined, 2)}\n`);
  process.stderr.write(`\n${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped\n`);
  return count('failed') === 0 ? 0 : 1;
}
