// `node measure.mjs NAME`: runs the cases of one engine in a process of its own and prints the microseconds of each node as JSON.
import { inTemporaryFolder, sample } from '../shared.mjs';

const length = 100;
const [name] = process.argv.slice(2);
const peer = await import(`./${name}.mjs`);

/**
 * The number of rounds depends on the first one: enough that the code is warm and the median settles, few enough that the slowest engine
 * takes only seconds.
 */
async function perNode(run) {
  const begin = performance.now();
  await run();
  const rounds = Math.max(10, Math.min(300, Math.round(4_000 / (performance.now() - begin))));
  const samples = await sample(rounds, Math.ceil(rounds / 3), run);
  return samples.map((ms) => (ms * 1_000) / length);
}

/** Gives the samples of a case, or the reason why it cannot run. */
async function attempt(work) {
  try {
    return { samples: await work() };
  } catch (error) {
    return {
      reason: String(error.message ?? error)
        .split('\n')[0]
        .slice(0, 200),
    };
  }
}

await inTemporaryFolder(async (folder) => {
  const results = {};
  try {
    const open = await peer.open(folder);
    results.chain = await attempt(() => perNode(open.chain(length)));
    results.fanOut = await attempt(() => perNode(open.fanOut(length)));
    results.durable =
      open.durable === undefined ? { reason: peer.noStore } : await attempt(() => open.durable(length, perNode));
  } catch (error) {
    const reason = String(error.message ?? error)
      .split('\n')[0]
      .slice(0, 200);
    Object.assign(results, { chain: { reason }, fanOut: { reason }, durable: { reason } });
  }
  process.stdout.write(`\n${JSON.stringify(results)}\n`);
});
process.exit(0);
