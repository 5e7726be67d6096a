const jobs = 20_000;
const atOnce = 100;
const passes = 3;
const options = { removeOnComplete: true };

/** Measures BullMQ without Heddle: jobs added and done in a second, and the milliseconds from adding a job to its start. */
export async function measureBull(url, rounds) {
  const { Queue, Worker } = await import('bullmq');
  const { hostname: host, port } = new URL(url);
  const connection = { host, port: Number(port), maxRetriesPerRequest: null };
  const queue = new Queue('bare', { connection });
  let onJob = () => undefined;
  const worker = new Worker('bare', async (job) => onJob(job), { connection, concurrency: atOnce });
  try {
    await queue.waitUntilReady();
    await worker.waitUntilReady();
    const adds = [];
    const done = [];
    for (let pass = 0; pass < passes; pass += 1) {
      await worker.pause();
      adds.push(await addAll(queue));
      const ended = new Promise((resolve) => {
        let left = jobs;
        onJob = () => (left -= 1) === 0 && resolve();
      });
      const begin = performance.now();
      await worker.resume();
      await ended;
      done.push((jobs * 1000) / (performance.now() - begin));
    }
    const pickups = [];
    for (let round = 0; round < rounds; round += 1) pickups.push(await pickedUp(queue, (heard) => (onJob = heard)));
    return { adds, jobs: done, pickups };
  } finally {
    await worker.close();
    await queue.close();
  }
}

async function addAll(queue) {
  const begin = performance.now();
  let left = jobs;
  const client = async () => {
    while (left-- > 0) await queue.add('hint', { runId: 'x' }, options);
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  return (jobs * 1000) / (performance.now() - begin);
}

async function pickedUp(queue, onNext) {
  const begin = performance.now();
  const started = new Promise((resolve) => onNext(() => resolve(performance.now() - begin)));
  await queue.add('hint', { runId: 'x' }, options);
  return started;
}
